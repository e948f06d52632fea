package dev.sinter.bench;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the sources of the project lie. */
final class Checkout {
    private Checkout() { }

    /** The root that holds this program's classes, else the one that holds the working directory. */
    static Optional<Path> root() {
        return Stream.of(classes(), Optional.of(Path.of("").toAbsolutePath()))
                .flatMap(Optional::stream)
                .map(Checkout::above)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The launcher at the root. */
    static Optional<Path> launcher() {
        return root().map(folder -> folder.resolve("sinter")).filter(Files::isExecutable);
    }

    private static Optional<Path> classes() {
        try {
            var source = Checkout.class.getProtectionDomain().getCodeSource();
            return source == null ? Optional.empty() : Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<Path> above(Path start) {
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("bench/baselines/pom.xml"))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }
}
