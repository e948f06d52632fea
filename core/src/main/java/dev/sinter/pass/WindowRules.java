package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Windows that show one element, and those of what is the same everywhere. */
final class WindowRules {
    private static final Pattern X = any("x");
    private static final Pattern.Node<Windows> WINDOWS = op(Windows.class, X);

    static final List<Rule> ALL = List.of(
            rule("windows(x) -> reshape(slice(x)), of one element").on(WINDOWS)
                    .when(m -> m.op(WINDOWS).windows().stream().allMatch(window -> window.size() == 1))
                    .to(WindowRules::sliced),
            rule("windows(c) -> c, the same everywhere").on(WINDOWS).when(m -> Splats.of(m.get(X)).isPresent())
                    .to((m, b) -> Splats.make(b, Splats.of(m.get(X)).orElseThrow(), m.root().shape())));

    private WindowRules() {}

    private static Value sliced(Match m, Builder b) {
        List<Dim> limits = new ArrayList<>(m.shape(X).dims());
        List<Long> strides = new ArrayList<>(Collections.nCopies(limits.size(), 1L));
        m.op(WINDOWS).windows().forEach(window -> strides.set(window.axis(), window.stride()));
        return b.reshape(b.add(new Slice(Collections.nCopies(limits.size(), Dim.ZERO), limits, strides), m.get(X)),
                m.root().shape());
    }
}
