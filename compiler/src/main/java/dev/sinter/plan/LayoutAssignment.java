package dev.sinter.plan;

import dev.sinter.kernel.Layout;
import java.util.Map;

/** Chooses how the buffers of a plan lie in memory. */
@FunctionalInterface
public interface LayoutAssignment {
    /** Every buffer row-major. */
    LayoutAssignment ROW_MAJOR = (plan, fixed) -> Map.of();

    /**
     * The layouts of buffers that should not be row-major. A choice is followed for temporaries, constants and
     * variables without a fixed layout, unless the buffer has a view or is an operand or result of a host call,
     * loop or branch.
     * For a variable the choice for its {@code State} buffer counts, or that for its {@code NextState}.
     *
     * @param plan  the plan, all buffers row-major but variables with a fixed layout
     * @param fixed the layouts of variables that a session has chosen before
     * @return layouts by buffer
     */
    Map<Integer, Layout> choose(Plan plan, Map<String, Layout> fixed);
}
