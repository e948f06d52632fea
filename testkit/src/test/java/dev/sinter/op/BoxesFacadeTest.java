package dev.sinter.op;

import dev.sinter.graph.Image;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.FacadeCase;
import java.util.List;

/** The ops on boxes in images. Names of rows say the method and its options. */
final class BoxesFacadeTest extends FacadeTest {
    private static final float[][] COLOURS = {{0.1f, 0.2f, 0.3f}, {1, 0.5f, 0}};

    BoxesFacadeTest() {
        super("boxes", FacadeCase.read(FacadeTest.class, "boxes").stream().map(FacadeCase::row).distinct()
                .map(name -> new Row(name, in -> call(name.split("/"), in))).toList());
    }

    private static double number(String word) {
        return word.equals("-inf") ? Double.NEGATIVE_INFINITY : Double.parseDouble(word);
    }

    private static List<Tensor> call(String[] words, List<Tensor> in) {
        Tensor x = in.get(0);
        Tensor y = in.get(1);
        if (words[0].equals("proposals")) {
            Image.ProposedBoxes both = Image.generateBoundingBoxProposals(x, y, in.get(2), in.get(3), number(words[1]),
                    Long.parseLong(words[2]), number(words[3]), Long.parseLong(words[4]));
            return List.of(both.boxes(), both.scores());
        }
        boolean isCounted = words.length >= 4;
        long most = isCounted ? Long.parseLong(words[1]) : 0;
        double iou = isCounted ? number(words[2]) : 0;
        double score = isCounted ? number(words[3]) : 0;
        return switch (words[0]) {
            case "nms" -> List.of(Image.nonMaxSuppression(x, y, most, iou, score));
            case "scored" -> {
                Image.ScoredBoxes both =
                        Image.nonMaxSuppressionWithScores(x, y, most, iou, score, number(words[4]));
                yield List.of(both.indices(), both.scores());
            }
            case "overlaps" -> List.of(Image.nonMaxSuppressionOverlaps(x, y, 8, 0.6, 0.1));
            case "padded" -> {
                Image.PaddedBoxes both = Image.nonMaxSuppressionPadded(x, y, most, iou, score);
                yield List.of(both.indices(), both.valid());
            }
            case "combined" -> {
                Image.ClassifiedBoxes all = Image.combinedNonMaxSuppression(x, y, 3, 20, 0.4, 0.15,
                        words[1].equals("class"), !words[1].equals("unclipped"));
                yield List.of(all.boxes(), all.scores(), all.classes(), all.valid());
            }
            case "draw" -> List.of(Image.drawBoundingBoxes(x, y, x.graph().constant(NDArray.from(COLOURS))));
            case "draw_default" -> List.of(Image.drawBoundingBoxes(x, y));
            default -> throw new IllegalArgumentException(words[0]);
        };
    }
}
