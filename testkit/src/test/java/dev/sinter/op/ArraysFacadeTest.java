package dev.sinter.op;

import static dev.sinter.graph.Index.ALL;
import static dev.sinter.graph.Index.ELLIPSIS;
import static dev.sinter.graph.Index.NEW_AXIS;
import static dev.sinter.graph.Index.at;
import static dev.sinter.graph.Index.from;
import static dev.sinter.graph.Index.step;
import static dev.sinter.graph.Index.to;

import dev.sinter.graph.Initializer;
import dev.sinter.graph.Ops;
import dev.sinter.graph.PadMode;
import dev.sinter.graph.StridedSliceMasks;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;

/** The ops that arrange elements. */
final class ArraysFacadeTest extends FacadeTest {
    private static final long[] BLOCK = {2, 3};
    private static final long[][] EDGES = {{1, 0}, {0, 2}};
    private static final long[][] MIRRORED = {{1, 2}, {3, 0}};

    ArraysFacadeTest() {
        super("arrays", List.of(
                Row.of("slice_mixed", in -> Ops.slice(in.get(0), at(1), from(1).to(-1).step(2), ELLIPSIS, NEW_AXIS)),
                Row.of("slice_back", in -> Ops.slice(in.get(0), step(-1), from(3).to(0).step(-2), at(-1))),
                Row.of("slice_outside", in -> Ops.slice(in.get(0), from(-99).to(99), from(4).to(1), from(99).step(-3))),
                Row.of("slice_ellipsis", in -> Ops.slice(in.get(0), ELLIPSIS, from(-2), NEW_AXIS)),
                Row.of("strided_slice_masks", in -> Ops.stridedSlice(in.get(0), new long[] {1, 0, 0, 2},
                        new long[] {3, 0, 0, 9}, new long[] {1, 1, 1, 1}, new StridedSliceMasks(1, 8, 2, 4, 0))),
                new Row("split_sizes", in -> Ops.split(in.get(0), new long[] {2, -1, 1}, 1)),
                new Row("unstack", in -> Ops.unstack(in.get(0), 1)),
                Row.of("pad_reflect", in -> Ops.pad(in.get(0), MIRRORED, PadMode.REFLECT)),
                Row.of("pad_symmetric", in -> Ops.pad(in.get(0), MIRRORED, PadMode.SYMMETRIC)),
                Row.of("roll", in -> Ops.roll(in.get(0), new long[] {2, -8}, new int[] {1, 0})),
                Row.of("repeat", in -> Ops.repeat(in.get(0), 3, 1)),
                Row.of("repeat_counts", in -> Ops.repeat(in.get(0), new long[] {2, 0, 3}, 1)),
                Row.of("tile", in -> Ops.tile(in.get(0), 2, 3)),
                new Row("meshgrid_xy", in -> Ops.meshgrid(in.get(0), in.get(1), in.get(2))),
                new Row("meshgrid_ij", in -> Ops.meshgridOfMatrix(in.get(0), in.get(1))),
                Row.of("space_to_batch_nd", in -> Ops.spaceToBatchNd(in.get(0), BLOCK, EDGES)),
                Row.of("batch_to_space_nd", in -> Ops.batchToSpaceNd(in.get(0), BLOCK, EDGES)),
                Row.of("space_to_depth", in -> Ops.spaceToDepth(in.get(0), 2)),
                Row.of("depth_to_space", in -> Ops.depthToSpace(in.get(0), 2)),
                Row.of("reverse_sequence", in -> Ops.reverseSequence(in.get(0), in.get(1), 1, 2)),
                Row.of("one_hot_axis", in -> Ops.oneHot(in.get(0), 3, in.get(1), in.get(2), 1)),
                Row.of("linspace", in -> Ops.linspace(in.get(0), in.get(1), 7)),
                Row.of("linspace_known", in -> placed(in, Ops.linspace(DType.FLOAT32, -1, 2, 6))),
                Row.of("range_floats", in -> placed(in, Ops.range(DType.FLOAT32, -1.5, 2, 0.75))),
                Row.of("range_integers", in -> placed(in, Ops.range(DType.INT64, 7, -4, -3))),
                Row.of("broadcast_dynamic_shape", in -> Ops.broadcastDynamicShape(in.get(0), in.get(1))),
                Row.of("broadcast_to", in -> Ops.broadcastTo(in.get(0), Shape.shape(2, 3, 4))),
                Row.of("squeeze_expand", in -> Ops.expandDims(Ops.squeeze(Ops.slice(in.get(0), ALL, to(9)), 0), 1))));
    }

    private static Tensor placed(List<Tensor> in, Initializer value) {
        return in.getFirst().graph().tensor(value);
    }
}
