package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Verifier;
import dev.sinter.plan.DerivedValues;
import org.junit.jupiter.api.Test;

/** Which values are kept from run to run; that it changes no result is a matter of {@code SessionFuzzTest}. */
class DerivedValuesTest {
    private static DerivedValues of(String parameters, String body) {
        Function function = Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "\n}\n");
        DerivedValues derived = DerivedValues.of(function, number -> "kept:" + number);
        assertThat(Verifier.problems(derived.making())).isEmpty();
        assertThat(Verifier.problems(derived.using())).isEmpty();
        return derived;
    }

    private static final String STATES = "%x: f32[n,100], %w: state<w: f32[100]>, %v: state<v: f32[100]>";

    @Test
    void whatFollowsFromReadVariablesIsKept() {
        DerivedValues derived = of(STATES, """
                  %3 = read(%w) : f32[100]
                  %4 = read(%v) : f32[100]
                  %5 = rsqrt(%4) : f32[100]
                  %6 = mul(%3, %5) : f32[100]
                  %7 = broadcast{axes=[1]}(%6) : f32[n,100]
                  %8 = mul(%x, %7) : f32[n,100]
                  return %8
                """);
        assertThat(derived.bytes()).isEqualTo(400);
        assertThat(Printer.print(derived.making())).isEqualTo("""
                sinter-tensor 1
                func @keep(%w: state<w: f32[100]>, %v: state<v: f32[100]>, %"kept:0": state<"kept:0": f32[100]>) {
                  %3 = read(%w) : f32[100]
                  %4 = read(%v) : f32[100]
                  %5 = rsqrt(%4) : f32[100]
                  %6 = mul(%3, %5) : f32[100]
                  %7 = assign(%"kept:0", %6) : state<"kept:0": f32[100]>
                  return %7
                }
                """);
        assertThat(Printer.print(derived.using())).contains("""
                  %4 = read(%"kept:0") : f32[100]
                  %5 = broadcast{axes=[1]}(%4) : f32[n,100]
                  %6 = mul(%x, %5) : f32[n,100]
                  return %6
                """);
    }

    @Test
    void aVariableThatIsWrittenGivesNothingToKeep() {
        assertThat(of(STATES, """
                  %3 = read(%w) : f32[100]
                  %4 = read(%v) : f32[100]
                  %5 = mul(%3, %4) : f32[100]
                  %6 = broadcast{axes=[1]}(%5) : f32[n,100]
                  %7 = mul(%x, %6) : f32[n,100]
                  %8 = reduce{sum, axes=[0]}(%7) : f32[100]
                  %9 = assign(%v, %8) : state<v: f32[100]>
                  return %7, %9
                """).hidden()).isEmpty();
    }

    @Test
    void whatIsOnlyFetchedOrAssignedIsNotKept() {
        assertThat(of(STATES, """
                  %3 = read(%w) : f32[100]
                  %4 = exp(%3) : f32[100]
                  %5 = assign(%v, %4) : state<v: f32[100]>
                  return %4, %5
                """).hidden()).isEmpty();
    }

    @Test
    void whatIsNoWorkOrCanFailIsNotKept() {
        assertThat(of("%x: f32[n,100], %w: state<w: f32[100]>", """
                  %2 = read(%w) : f32[100]
                  %3 = broadcast{axes=[1]}(%2) : f32[n,100]
                  %4 = mul(%x, %3) : f32[n,100]
                  return %4
                """).hidden()).isEmpty();
        assertThat(of("%x: i32[n,100], %w: state<w: i32[100]>", """
                  %2 = read(%w) : i32[100]
                  %3 = div(%2, %2) : i32[100]
                  %4 = broadcast{axes=[1]}(%3) : i32[n,100]
                  %5 = mul(%x, %4) : i32[n,100]
                  return %5
                """).hidden()).isEmpty();
    }

    @Test
    void aCheapFunctionOfALargeVariableIsKeptForAProductAlone() {
        String parameters = "%x: f32[n,512], %y: f32[512,512], %w: state<w: f32[512,512]>";
        String half = """
                  %3 = read(%w) : f32[512,512]
                  %4 = mul(%3, %3) : f32[512,512]
                """;
        assertThat(of(parameters, half + """
                  %5 = contract{mk,kn->mn}(%x, %4) : f32[n,512]
                  return %5
                """).hidden()).hasSize(1);
        assertThat(of(parameters, half + """
                  %5 = mul(%y, %4) : f32[512,512]
                  return %5
                """).hidden()).isEmpty();
    }
}
