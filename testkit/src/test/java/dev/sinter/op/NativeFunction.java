package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Native code of a function of tensors. */
final class NativeFunction implements AutoCloseable {
    private final Compilation compilation;
    private final CompiledProgram code;

    NativeFunction(LlvmBackend backend, Function function) {
        compilation = Compilation.compile(function, Map.of(), backend.target(), Compilation.Options.defaults());
        code = backend.compile(compilation.program());
    }

    /** A scalar function: its value, and that of float64 on the same operands where they are not that. */
    NativeFunction(LlvmBackend backend, ScalarFn fn, DType dtype) {
        this(backend, function(fn, dtype));
    }

    private static Function function(ScalarFn fn, DType dtype) {
        Builder b = new Builder();
        TensorType type = new TensorType(dtype, Shape.of(Dim.symbol("n")));
        List<Value> parameters = new ArrayList<>();
        for (int i = 0; i < fn.arity(); i++) {
            parameters.add(b.add(new Parameter("x" + i, type)));
        }
        Value value = b.map(fn, parameters.toArray(Value[]::new));
        Value wide = b.map(fn, parameters.stream().map(x -> b.convert(x, DType.FLOAT64)).toArray(Value[]::new));
        List<Value> results = dtype == DType.FLOAT64 ? List.of(value) : List.of(value, wide);
        return new Function(fn.text(), parameters, results, b.locations());
    }

    /** Runs on the thread of the caller. */
    List<NDArray> run(List<NDArray> inputs) {
        return ProgramRunner.run(compilation.function(), compilation.program(), code, inputs, 1);
    }

    @Override
    public void close() {
        code.close();
    }
}
