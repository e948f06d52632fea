package dev.sinter.arch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The page that says of every public name of {@code tf.compat.v1} what Sinter has for it. It is made of files in
 * {@code docs/ops}: {@code names.txt} has the names, each followed by a shorter one where both are the same; the
 * file of a namespace has a line for each of its names that is not the same as another:
 * {@code name = Class.member, ...: note}, {@code name - why there is none} or {@code name ? what is missing}.
 */
final class OpsPage {
    /** Where the page is, and where its parts are. */
    static final String PAGE = "docs/ops.md";
    static final String PARTS = "docs/ops";

    private static final String HEAD = """
            # Every public name of TensorFlow 1

            What Sinter has for each public name of `tf.compat.v1` (of TensorFlow 2.21). Names of one line are the
            same in TensorFlow, or are missing for the same reason. `Class.method` is Java's name for it; see its
            Javadoc for what differs. This page is made of the files in [docs/ops](ops); a test looks up every method.
            """;

    /** What Sinter has for a name. */
    sealed interface Mark {
        /** Members of Sinter's classes. */
        record Has(List<String> members, String note) implements Mark {}

        /** Nothing, and nothing is planned. */
        record Lacks(String why) implements Mark {}

        /** Nothing yet. */
        record Misses(String what) implements Mark {}
    }

    private final SortedMap<String, List<String>> names = new TreeMap<>();
    private final SortedMap<String, Mark> marks = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    OpsPage(Path root) {
        Map<String, String> same = new TreeMap<>();
        for (String line : Project.lines(root.resolve(PARTS).resolve("names.txt"))) {
            String[] words = line.split(" ");
            if (words.length == 1) {
                names.computeIfAbsent(words[0], _ -> new ArrayList<>());
            } else {
                same.put(words[0], words[1]);
            }
        }
        same.forEach((name, other) -> {
            String first = other;
            while (same.containsKey(first)) {
                first = same.get(first);
            }
            names.computeIfAbsent(first, _ -> new ArrayList<>()).add(name);
        });
        for (Path file : Project.files(root.resolve(PARTS), path -> path.getFileName().toString().startsWith("tf"))) {
            List<String> lines = Project.lines(file);
            if (!lines.equals(lines.stream().sorted().toList())) {
                problems.add(file.getFileName() + " is not sorted");
            }
            lines.forEach(line -> read(file.getFileName().toString(), line));
        }
        names.keySet().stream().filter(name -> !marks.containsKey(name))
                .forEach(name -> problems.add(name + " has no line"));
    }

    private void read(String file, String line) {
        String[] parts = line.split(" ", 3);
        if (parts.length < 3 || parts[2].isBlank() || !"=-?".contains(parts[1])) {
            problems.add(file + ": \"" + line + "\" does not say what there is, or why not");
            return;
        }
        String name = parts[0];
        if (!names.containsKey(name)) {
            problems.add(file + ": " + name + " is no name of TensorFlow's, or is the same as a shorter one");
        }
        if (!file.equals(namespace(name) + ".txt")) {
            problems.add(file + ": " + name + " belongs to " + namespace(name) + ".txt");
        }
        Mark mark = switch (parts[1]) {
            case "=" -> has(parts[2]);
            case "-" -> new Mark.Lacks(parts[2]);
            default -> new Mark.Misses(parts[2]);
        };
        if (marks.put(name, mark) != null) {
            problems.add(file + ": " + name + " has two lines");
        }
    }

    private static Mark has(String text) {
        int colon = text.indexOf(": ");
        return new Mark.Has(List.of((colon < 0 ? text : text.substring(0, colon)).split(", ")),
                colon < 0 ? "" : text.substring(colon + 2));
    }

    /** {@code tf.nn} of {@code tf.nn.relu}, {@code tf} of {@code tf.abs}. */
    private static String namespace(String name) {
        int first = name.indexOf('.');
        int second = name.indexOf('.', first + 1);
        return name.substring(0, second < 0 ? first : second);
    }

    /** What is wrong with the parts. */
    List<String> problems() {
        return problems;
    }

    /** The members of Sinter's classes that lines name. */
    List<String> members() {
        return marks.values().stream().filter(Mark.Has.class::isInstance)
                .flatMap(mark -> ((Mark.Has) mark).members().stream()).distinct().sorted().toList();
    }

    /** The page. */
    String text() {
        StringBuilder text = new StringBuilder(HEAD).append('\n').append(counts());
        Map<String, Map<String, List<String>>> sections = new TreeMap<>();
        List<String> ordered = new ArrayList<>(marks.keySet());
        ordered.sort(Comparator.comparing(name -> order(marks.get(name))));
        ordered.forEach(name -> {
            Mark mark = marks.get(name);
            String cell = switch (mark) {
                case Mark.Has(List<String> members, String note) -> members.stream().map(member -> "`" + member + "`")
                        .collect(Collectors.joining(", ")) + (note.isEmpty() ? "" : ": " + note);
                case Mark.Lacks(String why) -> "no: " + why;
                case Mark.Misses(String what) -> "not yet: " + what;
            };
            sections.computeIfAbsent(namespace(name), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(mark instanceof Mark.Has ? name + " " + cell : cell, _ -> new ArrayList<>())
                    .add(name);
        });
        sections.forEach((namespace, rows) -> {
            text.append("\n## ").append(namespace).append("\n\n| TensorFlow | Sinter |\n|---|---|\n");
            rows.forEach((key, group) -> {
                List<String> all = new ArrayList<>();
                group.forEach(name -> {
                    all.add("`" + name + "`");
                    names.getOrDefault(name, List.of()).forEach(other -> all.add("`" + other + "`"));
                });
                boolean has = marks.get(group.getFirst()) instanceof Mark.Has;
                text.append("| ").append(String.join(", ", all)).append(" | ")
                        .append(has ? key.substring(key.indexOf(' ') + 1) : key).append(" |\n");
            });
        });
        return text.toString();
    }

    private static int order(Mark mark) {
        return switch (mark) {
            case Mark.Has _ -> 0;
            case Mark.Misses _ -> 1;
            case Mark.Lacks _ -> 2;
        };
    }

    private String counts() {
        long[] counts = new long[4];
        marks.forEach((name, mark) -> {
            int number = 1 + names.getOrDefault(name, List.of()).size();
            switch (mark) {
                case Mark.Has(List<String> members, String _) -> counts[members.stream().anyMatch(member ->
                        isSameName(name, member)) ? 0 : 1] += number;
                case Mark.Lacks _ -> counts[2] += number;
                case Mark.Misses _ -> counts[3] += number;
            }
        });
        return "Of %d names %d are there under their name in Java's writing, %d under another;\n%d are out of scope, %d"
                .formatted(counts[0] + counts[1] + counts[2] + counts[3], counts[0], counts[1], counts[2], counts[3])
                + " are not there yet.\n";
    }

    /** Whether {@code Ops.expandDims} is {@code tf.expand_dims}. */
    private static boolean isSameName(String name, String member) {
        String last = name.substring(name.lastIndexOf('.') + 1).replace("_", "");
        return member.substring(member.lastIndexOf('.') + 1).equalsIgnoreCase(last);
    }

    /** Writes the page of the checkout at hand: {@code java cli/src/test/java/dev/sinter/arch/OpsPage.java}. */
    static void main() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        Files.writeString(root.resolve(PAGE), new OpsPage(root).text());
    }
}
