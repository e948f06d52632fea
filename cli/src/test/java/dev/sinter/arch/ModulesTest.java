package dev.sinter.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows between modules. */
class ModulesTest {
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("core", Set.of()),
            Map.entry("compiler", Set.of("core")),
            Map.entry("llvm", Set.of("core", "compiler")),
            Map.entry("runtime", Set.of("core", "compiler")),
            Map.entry("nn", Set.of("core")),
            Map.entry("linalg", Set.of("core")),
            Map.entry("formats", Set.of("core", "linalg")),
            Map.entry("examples", Set.of("core", "compiler", "runtime", "nn")),
            Map.entry("testkit", Set.of("core", "compiler", "llvm", "runtime")),
            Map.entry("bench", Set.of("core", "compiler", "llvm", "runtime", "nn", "examples", "formats")),
            Map.entry("cli", Set.of("core", "compiler", "llvm", "runtime", "nn", "examples", "bench", "formats")));

    private final Project project = Project.here();

    @Test
    void everyModuleUsesOnlyWhatItMay() throws IOException {
        for (Path module : project.modules()) {
            String name = module.getFileName().toString();
            assertThat(MAY_USE).as("a module is listed with its arrows").containsKey(name);
            Set<String> used = required(module).stream()
                    .filter(required -> required.startsWith("dev.sinter."))
                    .map(required -> required.substring("dev.sinter.".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(MAY_USE.get(name)).as(name).containsAll(used);
        }
    }

    @Test
    void coreAndCompilerNeedTheBaseAlone() throws IOException {
        for (Path module : project.modules()) {
            String name = module.getFileName().toString();
            if (name.equals("core") || name.equals("compiler")) {
                assertThat(required(module)).as(name).isSubsetOf("java.base", "dev.sinter.core");
            }
        }
    }

    @Test
    void publicClassesLieInThePackagesOfTheirModule() {
        for (Path module : project.modules()) {
            Project.classes(module).stream()
                    .filter(type -> type.flags().has(AccessFlag.PUBLIC))
                    .forEach(type -> assertThat(type.thisClass().asInternalName()).startsWith("dev/sinter/"));
        }
    }

    private static Set<String> required(Path module) throws IOException {
        try (InputStream in = Files.newInputStream(module.resolve("target/classes/module-info.class"))) {
            return ModuleDescriptor.read(in).requires().stream()
                    .map(ModuleDescriptor.Requires::name)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
