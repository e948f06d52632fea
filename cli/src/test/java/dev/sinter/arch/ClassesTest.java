package dev.sinter.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the compiled classes of the shipped modules may hold and call. */
class ClassesTest {
    private static final String FOREIGN_CALLS = "dev/sinter/llvm/ffi/";

    private static final Set<String> FOREIGN_TYPES =
            Set.of("java/lang/foreign/Linker", "java/lang/foreign/SymbolLookup");

    /** Methods that can break the JVM, as owner and name. */
    private static final Set<String> FOREIGN_METHODS = Set.of(
            "java/lang/foreign/MemorySegment.reinterpret",
            "java/lang/foreign/AddressLayout.withTargetLayout",
            "java/lang/System.load",
            "java/lang/System.loadLibrary",
            "java/lang/Runtime.load",
            "java/lang/Runtime.loadLibrary");

    /** Types of a static field whose content can change although the field is final. */
    private static final Pattern CHANGING = Pattern.compile("Ljava/util/(HashMap|LinkedHashMap|TreeMap|"
            + "HashSet|LinkedHashSet|TreeSet|ArrayList|ArrayDeque|IdentityHashMap|WeakHashMap|BitSet|Random|"
            + "concurrent/(ConcurrentHashMap|CopyOnWriteArrayList|atomic/.*|locks/.*));"
            + "|Ljava/lang/(StringBuilder|ThreadLocal|InheritableThreadLocal);");

    private final Project project = Project.here();

    @Test
    void noStaticFieldChanges() {
        List<String> found = new ArrayList<>();
        eachClass((name, type) -> {
            for (FieldModel field : type.fields()) {
                boolean constant = field.flags().has(AccessFlag.FINAL)
                        && !CHANGING.matcher(field.fieldType().stringValue()).matches();
                if (field.flags().has(AccessFlag.STATIC) && !constant) {
                    found.add(name + "." + field.fieldName().stringValue());
                }
            }
        });
        assertThat(found).as("static fields that can change").isEmpty();
    }

    @Test
    void foreignCallsLieInOnePackage() {
        List<String> found = new ArrayList<>();
        eachClass((name, type) -> {
            if (name.startsWith(FOREIGN_CALLS)) {
                return;
            }
            type.methods().stream()
                    .filter(method -> method.flags().has(AccessFlag.NATIVE))
                    .map(method -> name + " declares native " + method.methodName().stringValue())
                    .forEach(found::add);
            for (PoolEntry entry : type.constantPool()) {
                if (entry instanceof MemberRefEntry member) {
                    String owner = member.owner().asInternalName();
                    String method = owner + "." + member.name().stringValue();
                    if (FOREIGN_TYPES.contains(owner) || FOREIGN_METHODS.contains(method)) {
                        found.add(name + " uses " + method);
                    }
                }
            }
        });
        assertThat(found).as("foreign calls outside " + FOREIGN_CALLS).isEmpty();
    }

    @Test
    void namesSayWhatAClassIs() {
        List<String> found = new ArrayList<>();
        Pattern empty = Pattern.compile(".*(Impl|Utils?|Helpers?|Managers?)");
        eachClass((name, _) -> {
            if (empty.matcher(name).matches()) {
                found.add(name);
            }
        });
        assertThat(found).as("names that say nothing").isEmpty();
    }

    private void eachClass(BiConsumer<String, ClassModel> visitor) {
        project.modules().stream()
                .flatMap(module -> Project.classes(module).stream())
                .forEach(type -> visitor.accept(type.thisClass().asInternalName(), type));
    }
}
