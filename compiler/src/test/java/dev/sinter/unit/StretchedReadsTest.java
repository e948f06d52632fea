package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Parser;
import dev.sinter.program.Compilation;
import dev.sinter.program.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Operands that a run may stretch are read as vectors of neighbours. */
class StretchedReadsTest {
    private static String kernels(String body) {
        return Compilation.compile(Parser.parse("sinter-tensor 1\nfunc @f(%x: f32[n], %y: f32[m]) {\n" + body + "}\n"),
                Map.of(), new Target("test", 64, 32, 32 << 10, 1 << 20, 1), Compilation.Options.defaults())
                .kernelText();
    }

    private static final String PRODUCT = """
              %2 = broadcast{axes=[0]}(%x) : f32[broadcast(m,n)]
              %3 = broadcast{axes=[0]}(%y) : f32[broadcast(m,n)]
              %4 = mul(%2, %3) : f32[broadcast(m,n)]
            """;

    @Test
    void ofAMap() {
        assertThat(kernels(PRODUCT + "return %4\n")).contains("select").doesNotContain("gather");
    }

    @Test
    void ofASum() {
        assertThat(kernels(PRODUCT + "%5 = reduce{sum, axes=[0]}(%4) : f32[]\nreturn %5\n")).contains("select")
                .doesNotContain("gather");
    }
}
