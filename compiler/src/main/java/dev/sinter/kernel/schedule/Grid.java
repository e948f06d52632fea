package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How loops are cut into tiles: groups of axes, each group walked as one and cut into blocks. A tile is one
 * block of each group; the last group's blocks are numbered first.
 */
final class Grid {
    /**
     * Axes walked as one, outermost first.
     *
     * @param block how many of their points a tile takes
     */
    record Group(List<Integer> axes, Dim extent, Dim block) {
        Dim blocks() {
            return extent.equals(block) ? Dim.ONE : extent.plus(block).minus(1).floorDiv(block);
        }
    }

    private final KernelBuilder k;
    private final List<Dim> extents;
    private final List<Group> groups = new ArrayList<>();
    private final List<Reg> lower = new ArrayList<>();
    private final List<Reg> upper = new ArrayList<>();
    private Dim tiles = Dim.ONE;

    Grid(KernelBuilder builder, List<Dim> extents, List<Group> wanted) {
        this.k = builder;
        this.extents = extents;
        this.groups.addAll(wanted);
        for (Group group : groups) {
            // Without points there are no tiles.
            tiles = tiles.times(group.blocks().equals(Dim.ONE) ? group.extent().min(Dim.ONE)
                    : group.blocks());
        }
        Reg number = k.tile();
        Group outermost = groups.stream().filter(group -> !group.blocks().isConstant(1)).findFirst()
                .orElse(groups.getFirst());
        for (Group group : groups.reversed()) {
            Reg from;
            if (group.blocks().isConstant(1)) {
                from = k.index(0);
            } else {
                Reg blocks = k.size(group.blocks());
                boolean last = group == outermost;
                from = k.mul(last ? number : k.rem(number, blocks), k.size(group.block()));
                number = last ? number : k.div(number, blocks);
            }
            lower.addFirst(from);
            Reg end = k.size(group.extent());
            upper.addFirst(group.blocks().isConstant(1) ? end
                    : k.min(end, k.add(from, k.size(group.block()))));
        }
    }

    Dim tiles() {
        return tiles;
    }

    Reg lower(int group) {
        return lower.get(group);
    }

    Reg upper(int group) {
        return upper.get(group);
    }

    /** A number that divides how many points of a group any tile has; 1 where none is known. */
    long multiple(int group) {
        Group cut = groups.get(group);
        if (!cut.extent().isConstant()) {
            return 1;
        }
        if (cut.blocks().isConstant(1)) {
            return cut.extent().constant();
        }
        return cut.block().isConstant() ? RowBlocks.gcd(cut.extent().constant(), cut.block().constant()) : 1;
    }

    /** Walks the points of a group in the tile, giving the indices of all axes entered so far. */
    void walk(int group, Point from, Consumer<Point> body) {
        List<Integer> axes = groups.get(group).axes();
        Loops.range(k, lower(group), upper(group), 1, number -> {
            Point point = from;
            Reg rest = number;
            for (int i = axes.size() - 1; i > 0; i--) {
                Reg extent = k.size(extents.get(axes.get(i)));
                point = point.with(axes.get(i), k.rem(rest, extent));
                rest = k.div(rest, extent);
            }
            body.accept(axes.isEmpty() ? point : point.with(axes.getFirst(), rest));
        });
    }
}
