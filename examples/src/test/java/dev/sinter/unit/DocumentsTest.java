package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the documents compile and do what the documents say: on the interpreter, for a few steps. */
class DocumentsTest {
    private static final String JAVA = "java";
    private static final String ON_INTERPRETER =
            "new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))";
    private static final String DATA = """
            double[][] xValue = new double[8][1000];
            double[][] yValue = new double[8][10];
            for (int row = 0; row < 8; row++) {
                for (int i = 0; i < 1000; i++) xValue[row][i] = Math.sin(row * 1000 + i);
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void thePageForUsersOfTensorFlow() throws Exception {
        List<String> blocks = blocks("docs/from-tensorflow.md");
        train(blocks.getFirst(), String.join("\n", blocks.subList(1, blocks.size())));
    }

    @Test
    void theReadme() throws Exception {
        train(blocks("docs/from-tensorflow.md").getFirst(), DATA + blocks("README.md").getFirst());
    }

    @Test
    void thePageOfControlFlow() throws Exception {
        printsWhatItSays("docs/control-flow.md");
    }

    @Test
    void thePageOfRecurrentNets() throws Exception {
        printsWhatItSays("docs/recurrent-nets.md");
    }

    @Test
    void thePageOfDerivatives() throws Exception {
        printsWhatItSays("docs/derivatives.md");
    }

    private void printsWhatItSays(String document) throws Exception {
        List<String> blocks = blocks(document);
        String body = String.join("\n", blocks.subList(1, blocks.size())).replace("new Session(graph)", ON_INTERPRETER);
        assertThat(run(page(blocks.getFirst(), body))).isEqualTo(String.join("", blocks(document, "text")));
    }

    private static String page(String imports, String body) {
        return imports + "\nclass Page {\n    public static void main(String[] args) {\n" + body + "\n    }\n}\n";
    }

    private void train(String imports, String body) throws Exception {
        assertThat(body).contains("new Session(graph)").contains("step < 500");
        String quick = body.replace("step < 500", "step < 6").replace("new Session(graph)", ON_INTERPRETER);
        String[] losses = run(page(imports, quick)).strip().split("\n");
        assertThat(losses).hasSize(6);
        assertThat(Double.parseDouble(losses[5])).isLessThan(Double.parseDouble(losses[0]));
    }

    private static List<String> blocks(String document) throws IOException {
        return blocks(document, JAVA);
    }

    private static List<String> blocks(String document, String language) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve(document))) {
            root = root.getParent();
        }
        Matcher matcher = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(root.resolve(document)));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** What a program prints. */
    private String run(String source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        boolean compiled = compiler.getTask(problems, null, null,
                List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path")), null,
                List.of(new Source(source))).call();
        assertThat(compiled).as(problems.toString()).isTrue();
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()},
                getClass().getClassLoader());
                PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            Method main = loader.loadClass("Page").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Page.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
