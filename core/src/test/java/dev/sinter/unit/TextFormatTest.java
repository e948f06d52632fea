package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Assign;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DimSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextFormatTest {
    private static final Dim N = Dim.symbol("n");

    @Test
    void stepOfATwoLayerNet() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(N, Dim.of(1000)))));
        Value w = b.add(new InitialState("w1", new TensorType(DType.FLOAT32, Shape.shape(1000, 100))));
        Value weights = b.add(new Read(), w);
        b.at(new Location("Mnist.java", 41, "mlp/out"));
        Value out = b.contract("mk", "kn", "mn", x, weights);
        b.at(Location.UNKNOWN);
        Value next = b.add(new Assign(), w, b.times(weights, 0.5));
        Function function = new Function("step", List.of(x, w), List.of(out, next), b.locations());
        String text = """
                sinter-tensor 1
                func @step(%x: f32[n,1000], %w1: state<w1: f32[1000,100]>) {
                  %2 = read(%w1) : f32[1000,100]
                  %3 = contract{mk,kn->mn}(%x, %2) : f32[n,100]   // Mnist.java:41 (mlp/out)
                  %4 = constant{0.5}() : f32[]
                  %5 = broadcast{axes=[]}(%4) : f32[1000,100]
                  %6 = mul(%2, %5) : f32[1000,100]
                  %7 = assign(%w1, %6) : state<w1: f32[1000,100]>
                  return %3, %7
                }
                """;
        assertThat(Printer.print(function)).isEqualTo(text);
        Verifier.verify(function);
        Verifier.verifyText(function);
        assertThat(Parser.parse(text).sameGraph(function)).isTrue();
    }

    @Test
    void everyBitOfAConstantSurvives() {
        for (DType dtype : DType.values()) {
            for (int size : new int[] {0, 1, 3, 16, 17, 200}) {
                Builder b = new Builder();
                NDArray array = NDArray.zeros(dtype, size);
                for (int i = 0; i < size; i++) {
                    array.setDouble(i, i % 5 == 0 ? Double.NEGATIVE_INFINITY : i % 7 == 0 ? -0.0 : 1.0 / i);
                }
                if (dtype == DType.FLOAT32 && size > 2) {
                    array.segment().setAtIndex(ValueLayout.JAVA_INT, 0, 0x7fc01234);
                    array.segment().setAtIndex(ValueLayout.JAVA_INT, 1, 0xff800001);
                    array.segment().setAtIndex(ValueLayout.JAVA_INT, 2, 0x7fc00000);
                }
                if (dtype == DType.FLOAT64 && size > 2) {
                    array.segment().setAtIndex(ValueLayout.JAVA_LONG, 0, 0xfff8000000000001L);
                }
                Value constant = b.constant(array);
                Value ones = b.constant(full(dtype, 3.25));
                Verifier.verifyText(new Function("f", List.of(), List.of(constant, ones), b.locations()));
            }
        }
    }

    private static NDArray full(DType dtype, double value) {
        NDArray array = NDArray.zeros(dtype, 40);
        for (int i = 0; i < 40; i++) {
            array.setDouble(i, value);
        }
        return array;
    }

    @Test
    void namesThatNeedQuotationMarks() {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (String name : List.of("a b", "7", "mlp/x:0", "q\"\\\n", "é", "#3", "v", "run_number")) {
            b.at(new Location(name + ".java", 3, name));
            parameters.add(b.add(new Parameter(name, new TensorType(DType.FLOAT32, Shape.SCALAR))));
        }
        parameters.add(b.add(new InitialState("v", new TensorType(DType.FLOAT32, Shape.SCALAR))));
        parameters.add(b.add(new InitialState("w x", new TensorType(DType.FLOAT32, Shape.SCALAR))));
        parameters.add(b.add(new RunNumber()));
        b.at(new Location("", 0, "only a node"));
        Value sum = b.plus(parameters.get(0), parameters.get(1));
        b.at(new Location("A.java", 1, ""));
        Value again = b.plus(parameters.get(0), parameters.get(1));
        Function function = new Function("some name", parameters, List.of(sum, again), b.locations());
        Verifier.verify(function);
        Verifier.verifyText(function);
        Function parsed = Parser.parse(Printer.print(function));
        assertThat(parsed.locations().of(parsed.results().getFirst()))
                .containsExactly(new Location("", 0, "only a node"), new Location("A.java", 1, ""));
    }

    @Test
    void everyKindOfAttribute() {
        Builder b = new Builder();
        Value run = b.add(new RunNumber());
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT64, Shape.of(N, N.times(2).plus(1)))));
        Value slice = b.add(new Slice(List.of(Dim.ZERO, Dim.ONE), List.of(N, N.plus(1)), List.of(2L, 1L)), x);
        Value pad = b.add(new Pad(List.of(Dim.ONE, N.min(Dim.of(4))), List.of(Dim.ZERO, Dim.ZERO),
                List.of(0L, 1L)),
                slice, b.scalar(DType.FLOAT64, -0.0));
        Value iota = b.add(new Iota(new TensorType(DType.INT32, Shape.of(N)), 0));
        Value bits = b.add(new RandomBits(-1, 1L << 40, 3, Shape.of(N)), run);
        Value size = b.dimSize(N.floorDiv(2));
        Value shown = b.add(new Windows(List.of(new Windows.Window(1, 3, 2, 1), new Windows.Window(0, 1, 1, 4))), pad);
        Value sum = b.reduceSum(b.transpose(shown, List.of(1, 0, 3, 2)), List.of(0, 1, 2, 3));
        Value test = b.map(ScalarFn.LT, iota, bits);
        Value convert = b.convert(b.select(test, iota, bits), DType.BOOL);
        assertThat(size.op()).isEqualTo(new DimSize(N.floorDiv(2)));
        Verifier.verifyText(new Function("f", List.of(x, run), List.of(sum, convert, size, sum),
                b.locations()));
    }

    @Test
    void codeIsResolvedByName() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(N))));
        Value first = b.add(new Project(0), b.add(new HostCall(new PassingFunction("identity")), x));
        Value second = b.add(new Project(0), b.add(new HostCall(new PassingFunction("identity")), first,
                b.add(new Join(), first)));
        Value custom = b.add(new CustomGradient("clip", (builder, self, gradient) -> List.of()), second, x);
        Function function = new Function("f", List.of(x), List.of(custom), b.locations());
        Verifier.verifyText(function);
        String text = Printer.print(function);
        assertThat(text).contains("host_call{identity}(%x)", "host_call{identity-2}(",
                "custom_gradient{clip}(");
        assertThatThrownBy(() -> Parser.parse(text)).isInstanceOf(GraphException.class)
                .hasMessage("line 3, column 17: the host function \"identity\" is Java code that a text"
                        + " cannot hold; parse with a resolver that knows it");
    }

    @Test
    void commentsAndBlanksDoNotMatter() {
        Function function = Parser.parse("""

                // what it is
                sinter-tensor 1
                func @f(%x: f32[2],
                        // the second
                        %y: f32[2]) {
                  // adds
                  %10 = add( %x , %y ):f32[ 2 ]  // any words
                  %12 = add(%x, %y) : f32[2] // A.java:3
                  return %10,
                    %12
                }""");
        assertThat(Printer.print(function)).isEqualTo("""
                sinter-tensor 1
                func @f(%x: f32[2], %y: f32[2]) {
                  %2 = add(%x, %y) : f32[2]   // A.java:3
                  return %2, %2
                }
                """);
    }

    @Test
    void errorsGiveLineAndColumn() {
        refused("func @f() {\n  return\n}",
                "line 1, column 1: the text starts with \"sinter-tensor 1\", not with"
                + " \"func\"");
        refusedBody("  %1 = add(%x, %y) : f32[2]", "line 3, column 16: %y is not known here");
        refusedBody("  %1 = frobnicate{3}(%x) : f32[2]", "line 3, column 8: no op is called frobnicate");
        refusedBody("  %1 = exp(%x) : f64[2]",
                "line 3, column 3: the type of this exp is f32[2], not f64[2]");
        refusedBody("  %1 = add(%x) : f32[2]", "line 3, column 3: add: takes 2 operands, not 1");
        refusedBody("  %1 = exp(%x) : f8[2]", "line 3, column 18: no dtype is called \"f8\"");
        refusedBody("  %1 = exp(%x) : f32[2", "line 4, column 3: \"]\" is expected, not \"return\"");
        refusedBody("  %1 = constant{1.5, x}() : f32[2]",
                "line 3, column 22: \"x\" is not an element of dtype"
                + " float32");
        refusedBody("  %1 = constant{1.5}() : f32[2]", "line 3, column 20: \",\" is expected, not \"}()\"");
        refusedBody("  %1 = constant{1.5, 2.0, 3.0}() : f32[2]",
                "line 3, column 25: the constant has 2 elements;"
                + " found \",\"");
        refusedBody("  %1 = constant{base64 AAAA}() : f32[2]",
                "line 3, column 17: 3 bytes are given, f32[2] has 8");
        refusedBody("  %1 = exp(%x) : f32[2]\n  %1 = neg(%x) : f32[2]",
                "line 4, column 3: %1 is given twice");
        refusedBody("  %1 = reshape(%x) : f32[3]",
                "line 3, column 3: reshape: f32[2] has 2 elements, [3] has 3");
    }

    private static void refusedBody(String body, String message) {
        refused("sinter-tensor 1\nfunc @f(%x: f32[2]) {\n" + body + "\n  return %x\n}", message);
    }

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> Parser.parse(text)).isInstanceOf(GraphException.class).hasMessage(message);
    }

    @Test
    void theExamplesOfTheDocument() throws IOException {
        String[] blocks = Files.readString(Path.of("../docs/tensor-text.md")).split("```\n");
        assertThat(blocks).hasSize(11);
        for (int i = 1; i < blocks.length; i += 2) {
            String afterComments = blocks[i].substring(blocks[i].indexOf(Printer.HEADER));
            assertThat(Printer.print(Parser.parse(blocks[i]))).isEqualTo(afterComments);
        }
    }

    @Test
    void aChainOfAHundredThousandValues() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(N))));
        Value last = x;
        for (int i = 0; i < 100_000; i++) {
            last = b.plus(last, x);
        }
        Function function = new Function("chain", List.of(x), List.of(last), b.locations());
        Verifier.verify(function);
        Verifier.verifyText(function);
        assertThat(function.compacted().sameGraph(function)).isTrue();
    }
}
