package dev.sinter.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassModel;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page of TensorFlow's names is whole, as its parts say, and names what exists. */
final class OpsPageTest {
    private static final String PACKAGES = "dev/sinter/(graph|linalg|nn|runtime|tensor|op)/\\w+";

    private final Project project = Project.here();
    private final Path root = project.modules().getFirst().getParent();
    private final OpsPage page = new OpsPage(root);

    @Test
    void everyNameHasALine() {
        assertThat(page.problems()).isEmpty();
    }

    @Test
    void everyMemberExists() {
        Map<String, ClassModel> classes = new HashMap<>();
        project.modules().forEach(module -> Project.classes(module).stream()
                .filter(model -> model.thisClass().asInternalName().matches(PACKAGES))
                .forEach(model -> classes.put(simpleName(model.thisClass().asInternalName()), model)));
        List<String> missing = new ArrayList<>();
        for (String member : page.members()) {
            int dot = member.indexOf('.');
            ClassModel model = classes.get(dot < 0 ? member : member.substring(0, dot));
            boolean exists = model != null && model.flags().has(AccessFlag.PUBLIC)
                    && (dot < 0 || members(model, classes).contains(member.substring(dot + 1)));
            if (!exists) {
                missing.add(member);
            }
        }
        assertThat(missing).as("members that docs/ops names and no public class has").isEmpty();
    }

    @Test
    void thePageIsMadeOfItsParts() throws Exception {
        assertThat(page.text().equals(Files.readString(root.resolve(OpsPage.PAGE)))).as("docs/ops.md is made of the"
                + " files in docs/ops: java cli/src/test/java/dev/sinter/arch/OpsPage.java").isTrue();
    }

    private static String simpleName(String internal) {
        return internal.substring(internal.lastIndexOf('/') + 1);
    }

    /** The public members of a class and of those of its package that it extends. */
    private static Set<String> members(ClassModel model, Map<String, ClassModel> classes) {
        Set<String> names = new HashSet<>();
        model.methods().stream().filter(method -> method.flags().has(AccessFlag.PUBLIC))
                .forEach(method -> names.add(method.methodName().stringValue()));
        model.fields().stream().filter(field -> field.flags().has(AccessFlag.PUBLIC))
                .forEach(field -> names.add(field.fieldName().stringValue()));
        model.superclass().map(parent -> classes.get(simpleName(parent.asInternalName())))
                .ifPresent(parent -> names.addAll(members(parent, classes)));
        return names;
    }
}
