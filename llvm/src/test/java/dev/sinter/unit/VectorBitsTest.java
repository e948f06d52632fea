package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.Target;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The property that makes vectors narrower than this machine has them. */
class VectorBitsTest {
    /** Prints the width of vectors and whether code for them has wider ones. */
    static final class Printer {
        private Printer() {}

        public static void main(String[] arguments) {
            switch (Llvm.load()) {
                case Llvm.Availability.Available(Llvm llvm) -> System.out.println(llvm.host().vectorBits() + " "
                        + llvm.compiler().assembly(sum(), llvm.host()).contains("zmm"));
                case Llvm.Availability.Unavailable(String reason) -> System.out.println(reason);
            }
        }
    }

    /** The sum of 16 floats each of two arrays. */
    private static String sum() {
        return """
                define void @f(ptr %a, ptr %b) {
                  %x = load <16 x float>, ptr %a, align 4
                  %y = load <16 x float>, ptr %b, align 4
                  %z = fadd <16 x float> %x, %y
                  store <16 x float> %z, ptr %a, align 4
                  ret void
                }
                """;
    }

    private static List<String> printed(String bits) throws IOException, InterruptedException {
        return JavaProcess.output(JavaProcess.start(Printer.class, List.of("-Dsinter.code.cache=off",
                "-Dsinter.vector.bits=" + bits)));
    }

    @Test
    void vectorsAreNoWider() throws IOException, InterruptedException {
        Target host = LlvmFixture.llvm().host();
        int wide = host.vectorBits();
        assertThat(printed("512")).containsExactly(wide + " " + (wide == 512));
        if (host.processor() == Target.Processor.X86_64) {
            assertThat(printed("256")).containsExactly(Math.min(wide, 256) + " false");
            assertThat(printed("128")).containsExactly("128 false");
        }
    }

    @Test
    void anotherNumberIsAnError() throws IOException, InterruptedException {
        Process process = JavaProcess.start(Printer.class, List.of("-Dsinter.vector.bits=100"));
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isNotZero();
        assertThat(text).contains("the property sinter.vector.bits is 128, 256 or 512, not '100'");
    }
}
