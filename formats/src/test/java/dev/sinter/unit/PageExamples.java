package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/** The examples of a page of the documentation: all its methods, as those of one class. */
final class PageExamples {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private PageExamples() {}

    /** Compiles the examples of a page of the folder docs into the class {@code Page} in a folder. */
    static void compile(String page, Path folder) throws IOException {
        String code = BLOCK.matcher(Files.readString(Path.of("../docs", page))).results()
                .map(block -> block.group(1)).collect(Collectors.joining("\n"));
        Map<Boolean, String> parts = code.lines().collect(Collectors.partitioningBy(
                line -> line.startsWith("import "), Collectors.joining("\n")));
        Path source = Files.writeString(folder.resolve("Page.java"),
                parts.get(true) + "\nclass Page {\n" + parts.get(false) + "\n}\n");
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), "-cp",
                System.getProperty("java.class.path"), source.toString())).isZero();
    }
}
