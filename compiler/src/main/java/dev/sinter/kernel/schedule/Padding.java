package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/**
 * The columns beyond the last of outputs that are panels. Where the vectors walk such columns, they walk on
 * to the end of the last panel and store zeros there.
 */
final class Padding {
    private final KernelBuilder k;
    private final LoopSpace space;
    private final int axis;
    private final int greatest;

    Padding(KernelBuilder builder, LoopSpace space, int axis) {
        this.k = builder;
        this.space = space;
        this.axis = axis;
        this.greatest = space.outputs().stream().filter(this::pads)
                .mapToInt(output -> output.panel().orElseThrow().width()).max().orElse(1);
    }

    /** Whether the walk writes an output's padding. */
    boolean pads(Place output) {
        return axis >= 0 && output.isColumns(axis, space.extent(axis));
    }

    private Dim end(int width) {
        return space.extent(axis).ceilDiv(width).times(width);
    }

    /** Where a walk up to {@code upper} ends with the padding. */
    Reg end(Reg upper) {
        return greatest == 1 ? upper
                : k.select(k.eq(upper, k.size(space.extent(axis))), k.size(end(greatest)), upper);
    }

    /** Stores values, which may be the same in all lanes, at each output's place. */
    void store(TermEmitter.Values values, List<Reg> results, boolean streaming) {
        for (int i = 0; i < results.size(); i++) {
            Place place = space.outputs().get(i);
            Point point = values.point();
            if (pads(place) && point.mask().isPresent()) {
                Reg wide = k.splat(results.get(i), point.lanes());
                Reg value = k.select(point.mask().get(), wide, k.constant(wide.type(), 0));
                int width = place.panel().orElseThrow().width();
                Optional<Reg> exists = width == greatest ? Optional.empty()
                        : Optional.of(k.splat(k.lt(point.at().get(axis), k.size(end(width))), point.lanes()));
                values.store(place, value, false, exists);
            } else {
                values.store(place, results.get(i), streaming, point.mask());
            }
        }
    }
}
