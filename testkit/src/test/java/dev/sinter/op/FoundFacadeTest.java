package dev.sinter.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.Sets;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.function.BinaryOperator;

/** The ops whose results have sizes that the run finds, and sets, which have room for all. */
final class FoundFacadeTest extends FacadeTest {
    FoundFacadeTest() {
        super("found", List.of(
                Row.of("boolean_mask", in -> Select.booleanMask(in.get(0), in.get(1))),
                Row.of("boolean_mask_axis", in -> Select.booleanMask(in.get(0), in.get(1), 1)),
                Row.of("repeat_by", in -> Ops.repeat(in.get(0), in.get(1), 1, Dim.of(8))),
                Row.of("sequence_mask_of_longest", in -> Ops.sequenceMaskOfLongest(in.get(0), Dim.of(5))),
                Row.of("where", in -> Ops.where(in.get(0))),
                new Row("unique", in -> {
                    Select.Unique unique = Select.unique(in.get(0));
                    return List.of(unique.values(), unique.indices(), unique.counts());
                }),
                new Row("setdiff1d", in -> {
                    Select.Difference difference = Select.setdiff1d(in.get(0), in.get(1));
                    return List.of(difference.values(), difference.indices());
                }),
                new Row("dynamic_partition", in -> Select.dynamicPartition(in.get(0), in.get(1), 3)),
                Row.of("dynamic_stitch", in -> Select.dynamicStitch(in.subList(0, 2), in.subList(2, 4))),
                Row.of("sparse_segment_sum", in -> Select.sparseSegmentSum(in.get(0), in.get(1), in.get(2))),
                Row.of("sparse_segment_mean", in -> Select.sparseSegmentMean(in.get(0), in.get(1), in.get(2))),
                Row.of("sparse_segment_sqrt_n", in -> Select.sparseSegmentSqrtN(in.get(0), in.get(1), in.get(2))),
                Row.of("segment_sum", in -> Select.segmentSum(in.get(0), in.get(1))),
                Row.of("segment_mean", in -> Select.segmentMean(in.get(0), in.get(1))),
                Row.of("segment_prod", in -> Select.segmentProd(in.get(0), in.get(1))),
                Row.of("segment_max", in -> Select.segmentMax(in.get(0), in.get(1))),
                Row.of("segment_min", in -> Select.segmentMin(in.get(0), in.get(1))),
                sets("sets", (x, _) -> x),
                sets("set_intersection", Sets::intersection),
                sets("set_difference", Sets::difference),
                sets("set_union", Sets::union)));
    }

    private static Row sets(String name, BinaryOperator<Sets> combination) {
        return new Row(name, in -> {
            Sets sets = combination.apply(Sets.of(in.getFirst()), Sets.of(in.getLast()));
            return List.of(sets.values(), sets.sizes());
        });
    }
}
