package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Image;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What nets that find things in images are made of. */
final class VisionOperators {
    /** The most elements of a constant that describes how elements are laid. */
    private static final long MOST = 1 << 26;

    private VisionOperators() {}

    static void addTo(Operators table) {
        table.one("AffineGrid", VisionOperators::affineGrid, 1);
        table.one("Col2Im", VisionOperators::image, 1, 2);
        table.one("DeformConv", VisionOperators::deformed);
        table.one("GridSample", call -> GridSampling.of(call).grid(call.input(0), call.input(1)));
        table.one("NonMaxSuppression", VisionOperators::suppressed, 2, 3, 4);
        table.one("RoiAlign", RegionAlignment::of);
    }

    // --- grids -------------------------------------------------------------------------------------------------

    /** Matrices {@code [n, axes, axes + 1]} applied to the positions of an image: {@code [n, size..., axes]}. */
    private static Tensor affineGrid(Call call) {
        List<Dim> sizes = call.sizes(1).dims();
        int axes = sizes.size() - 2;
        if (axes < 2 || axes > 3) {
            throw call.wrong("size must be [n, c, h, w] or [n, c, d, h, w], not " + sizes.size() + " sizes");
        }
        Tensor theta = Axes.ensured(Axes.ensured(call.input(0), 1, Dim.of(axes)), 2, Dim.of(axes + 1));
        if (theta.rank() != 3 || !theta.dim(1).isConstant(axes) || !theta.dim(2).isConstant(axes + 1)) {
            throw call.wrong("theta must be [n, " + axes + ", " + (axes + 1) + "] for " + axes + " axes, not "
                    + theta.shape());
        }
        List<Dim> space = sizes.subList(2, sizes.size());
        DType dtype = Axes.computed(theta.dtype());
        List<Tensor> rows = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
            List<Dim> line = new ArrayList<>(Collections.nCopies(axes, Dim.ONE));
            line.set(i, space.get(i));
            Tensor position = Ops.reshape(steps(call, space.get(i), dtype), new Shape(line));
            rows.addFirst(Ops.broadcastTo(position, new Shape(space)));
        }
        rows.add(Ops.onesLike(rows.getFirst()));
        Dim count = new Shape(space).elementCount();
        Tensor flat = Ops.reshape(Ops.stack(0, rows.toArray(Tensor[]::new)), Shape.of(Dim.of(axes + 1), count));
        Tensor moved = Ops.einsum("nij,jp->npi", Axes.cast(theta, dtype), flat);
        List<Dim> dims = new ArrayList<>(space);
        dims.addFirst(theta.dim(0));
        dims.add(Dim.of(axes));
        return Axes.cast(Ops.reshape(moved, new Shape(dims)), theta.dtype());
    }

    /** Positions of the elements of an axis from -1 to 1. */
    private static Tensor steps(Call call, Dim dim, DType dtype) {
        Tensor position = call.graph().tensor(Ops.range(dtype, dim));
        Tensor size = Ops.reduceSum(Ops.onesLike(position));
        return call.flag("align_corners", false)
                ? position.times(2).div(Ops.maximum(size.minus(1), 1)).minus(1)
                : position.times(2).plus(1).div(size).minus(1);
    }

    // --- blocks ------------------------------------------------------------------------------------------------

    private static long[] entries(Call call, String name, int count, long otherwise) {
        long[] given = call.integers(name).orElseGet(() -> {
            long[] all = new long[count];
            Arrays.fill(all, otherwise);
            return all;
        });
        if (given.length != count || Arrays.stream(given).anyMatch(entry -> entry < otherwise)) {
            throw call.wrong(name + " must be " + count + " numbers that are at least " + otherwise + ", not "
                    + Arrays.toString(given));
        }
        return given;
    }

    /** The image whose blocks {@code [n, c * block, count]} are given, which are added where they overlap. */
    private static Tensor image(Call call) {
        long[] size = call.integers(1);
        long[] block = call.integers(2);
        int axes = size.length;
        long[] dilations = entries(call, "dilations", axes, 1);
        long[] strides = entries(call, "strides", axes, 1);
        long[] pads = entries(call, "pads", 2 * axes, 0);
        Tensor given = call.input(0);
        if (given.rank() != 3 || axes < 1 || block.length != axes || Arrays.stream(block).anyMatch(each -> each < 1)
                || Arrays.stream(size).anyMatch(each -> each < 1)) {
            throw call.wrong("an input [n, c, count] and positive sizes of an image and a block are needed, not "
                    + given.shape() + ", " + Arrays.toString(size) + " and " + Arrays.toString(block));
        }
        double elements = 1;
        long[] counts = new long[axes];
        for (int i = 0; i < axes; i++) {
            double reach = (double) dilations[i] * (block[i] - 1) + 1;
            double room = (double) size[i] + pads[i] + pads[axes + i] - reach;
            counts[i] = room < 0 ? 0 : (long) Math.floor(room / strides[i]) + 1;
            elements *= (double) block[i] * counts[i];
        }
        long inBlock = product(block);
        long blocks = product(counts);
        Tensor x = Axes.ensured(given, 2, Dim.of(blocks));
        boolean fits = elements <= MOST && x.dim(2).isConstant(blocks)
                && (!x.dim(1).isConstant() || x.dim(1).constant() % inBlock == 0);
        if (!fits) {
            throw call.wrong("an input of shape " + x.shape() + " does not hold blocks " + Arrays.toString(block)
                    + ", " + Arrays.toString(counts) + " of them, of an image " + Arrays.toString(size));
        }
        long[] places = new long[(int) (inBlock * blocks)];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(i / blocks, i % blocks, block, counts, size, dilations, strides, pads);
        }
        Dim channels = x.dim(1).floorDiv(inBlock);
        Dim lines = x.dim(0).times(channels);
        Tensor flat = Ops.reshape(x, Shape.of(lines, Dim.of(places.length)));
        Tensor sums = Ops.unsortedSegmentSum(Ops.transpose(flat, 1, 0), call.graph().constant(NDArray.of(places)),
                Dim.of(product(size)));
        List<Dim> dims = new ArrayList<>(List.of(x.dim(0), channels));
        Arrays.stream(size).mapToObj(Dim::of).forEach(dims::add);
        return Ops.reshape(Ops.transpose(sums, 1, 0), new Shape(dims));
    }

    private static long product(long... factors) {
        return Arrays.stream(factors).reduce(1, Math::multiplyExact);
    }

    /** Where in an image an element of a block lies, -1 beside it. */
    private static long place(long element, long number, long[] block, long[] counts, long[] size, long[] dilations,
            long[] strides, long[] pads) {
        long place = 0;
        long scale = 1;
        long inBlock = element;
        long ofBlocks = number;
        for (int axis = size.length - 1; axis >= 0; axis--) {
            long position = ofBlocks % counts[axis] * strides[axis] - pads[axis]
                    + inBlock % block[axis] * dilations[axis];
            if (position < 0 || position >= size[axis]) {
                return -1;
            }
            place += position * scale;
            scale *= size[axis];
            inBlock /= block[axis];
            ofBlocks /= counts[axis];
        }
        return place;
    }

    // --- convolutions ------------------------------------------------------------------------------------------

    /** A convolution that reads each element of its windows at a place of its own. */
    private static Tensor deformed(Call call) {
        Tensor filter = call.input(1);
        WindowAttributes windows = WindowAttributes.convolution(call, call.input(0), filter);
        int axes = windows.axes();
        long groups = ConvOperators.groups(call);
        Tensor x = Axes.ensured(call.input(0), 1, filter.dim(1).times(groups));
        long offsetGroups = call.integer("offset_group", 1);
        long inWindow = windows.sizes().stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        Tensor offset = Axes.ensured(call.input(2), 1,
                Dim.of(Math.multiplyExact(Math.multiplyExact(offsetGroups, inWindow), axes)));
        boolean fits = offsetGroups >= 1 && offset.rank() == x.rank() && x.dim(1).isConstant()
                && x.dim(1).constant() % groups == 0 && x.dim(1).constant() % offsetGroups == 0
                && filter.dim(0).isConstant() && filter.dim(0).constant() % groups == 0
                && filter.dim(1).isConstant(x.dim(1).constant() / groups)
                && offset.dim(1).isConstant(Math.multiplyExact(offsetGroups, inWindow) * axes);
        if (!fits) {
            throw call.wrong("an input " + x.shape() + ", weights " + filter.shape() + " and offsets "
                    + offset.shape() + " do not fit for " + groups + " groups and " + offsetGroups
                    + " groups of offsets");
        }
        List<Dim> out = offset.shape().dims().subList(2, offset.rank());
        DType dtype = Axes.computed(x.dtype());
        Dim batch = x.dim(0).times(offsetGroups);
        List<Dim> dims = new ArrayList<>(List.of(batch, Dim.of(inWindow), Dim.of(axes)));
        dims.addAll(out);
        List<Tensor> offsets = Ops.unstack(Ops.reshape(Axes.cast(offset, dtype), new Shape(dims)), 2);
        List<Tensor> positions = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
            positions.add(offsets.get(i).plus(begins(call, windows, out, i, dtype))
                    .plus(inside(call, windows, out.size(), i, dtype)));
        }
        long ofOffset = x.dim(1).constant() / offsetGroups;
        List<Dim> parts = new ArrayList<>(List.of(batch, Dim.of(ofOffset)));
        parts.addAll(x.shape().dims().subList(2, x.rank()));
        GridSampling sampling = new GridSampling(call, GridSampling.Kernel.LINEAR, GridSampling.Outside.ZEROS, true);
        Tensor read = sampling.at(Ops.reshape(Axes.cast(x, dtype), new Shape(parts)), positions);
        if (call.has(4)) {
            List<Dim> masks = new ArrayList<>(List.of(batch, Dim.ONE, Dim.of(inWindow)));
            masks.addAll(out);
            read = read.times(Ops.reshape(Axes.cast(call.input(4), dtype), new Shape(masks)));
        }
        Dim count = new Shape(out).elementCount();
        Tensor columns = Ops.reshape(read, Shape.of(x.dim(0), Dim.of(groups), filter.dim(1), Dim.of(inWindow), count));
        Tensor weights = Ops.reshape(Axes.cast(filter, dtype), Shape.of(Dim.of(groups),
                filter.dim(0).floorDiv(groups), filter.dim(1), Dim.of(inWindow)));
        Tensor sums = Ops.einsum("ngckp,gock->ngop", columns, weights);
        List<Dim> result = new ArrayList<>(List.of(x.dim(0), filter.dim(0)));
        result.addAll(out);
        Tensor laid = Axes.cast(Ops.reshape(sums, new Shape(result)), x.dtype());
        return call.maybe(3).map(bias -> Nn.biasAdd(laid, bias, true)).orElse(laid);
    }

    /** Where windows begin along an axis, laid along it behind two axes. */
    private static Tensor begins(Call call, WindowAttributes windows, List<Dim> out, int axis, DType dtype) {
        List<Dim> line = new ArrayList<>(Collections.nCopies(out.size() + 2, Dim.ONE));
        line.set(axis + 2, out.get(axis));
        Tensor number = call.graph().tensor(Ops.range(dtype, out.get(axis)));
        return Ops.reshape(number.times(windows.strides().get(axis)).minus(windows.before().get(axis)),
                new Shape(line));
    }

    /** Where along an axis the elements of a window lie in it, laid along the second axis. */
    private static Tensor inside(Call call, WindowAttributes windows, int outs, int axis, DType dtype) {
        long behind = windows.sizes().subList(axis + 1, windows.axes()).stream().reduce(1L, Math::multiplyExact);
        double[] positions = new double[Math.toIntExact((long) windows.elements())];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i / behind % windows.sizes().get(axis) * windows.dilations().get(axis);
        }
        long[] line = new long[outs + 2];
        Arrays.fill(line, 1);
        line[1] = positions.length;
        return call.graph().constant(NDArray.of(positions, line).cast(dtype));
    }

    // --- boxes -------------------------------------------------------------------------------------------------

    /** The numbers {@code [found, 3]} of batch, class and box of those that no better one overlaps. */
    private static Tensor suppressed(Call call) {
        Tensor boxes = Axes.ensured(call.input(0), 2, Dim.of(4));
        Tensor scores = call.input(1);
        if (boxes.rank() != 3 || scores.rank() != 3 || !boxes.dim(2).isConstant(4)) {
            throw call.wrong("boxes [n, count, 4] and scores [n, classes, count] are needed, not " + boxes.shape()
                    + " and " + scores.shape());
        }
        long given = Math.max(0, call.has(2) ? call.integer(2) : 0);
        long most = scores.dim(2).isConstant() ? Math.min(given, scores.dim(2).constant()) : given;
        double overlap = call.has(3) ? call.number(3) : 0;
        if (!(overlap >= 0 && overlap <= 1)) {
            throw call.wrong("iou_threshold must be from 0 to 1, not " + overlap);
        }
        double least = call.has(4) ? call.number(4) : Double.NEGATIVE_INFINITY;
        Tensor sides = call.flag("center_point_box", false) ? sides(boxes) : boxes;
        Shape shape = Shape.of(scores.dim(0), scores.dim(1), scores.dim(2), Dim.of(4));
        Tensor ofClasses = Ops.broadcastTo(Ops.expandDims(sides, 1), shape);
        Image.PaddedBoxes chosen = Image.nonMaxSuppressionPadded(ofClasses, scores, most, overlap, least);
        Tensor index = Ops.cast(chosen.indices(), DType.INT64);
        Tensor position = call.graph().tensor(Ops.range(DType.INT32, most));
        Tensor isChosen = Ops.less(position, Ops.expandDims(Ops.cast(chosen.valid(), DType.INT32), 2));
        Tensor batch = numbers(call, index, 0);
        Tensor classes = numbers(call, index, 1);
        return Select.booleanMask(Ops.stack(3, batch, classes, index), isChosen);
    }

    /** The positions along an axis of each element of a tensor of three axes. */
    private static Tensor numbers(Call call, Tensor like, int axis) {
        List<Dim> line = new ArrayList<>(List.of(Dim.ONE, Dim.ONE, Dim.ONE));
        line.set(axis, like.dim(axis));
        Tensor number = call.graph().tensor(Ops.range(DType.INT64, like.dim(axis)));
        return Ops.broadcastTo(Ops.reshape(number, new Shape(line)), like.shape());
    }

    /** Boxes of middles and sizes {@code [x, y, width, height]} as ones of sides. */
    private static Tensor sides(Tensor boxes) {
        List<Tensor> each = Ops.unstack(boxes, 2);
        Tensor width = each.get(2).times(0.5);
        Tensor height = each.get(3).times(0.5);
        return Ops.stack(2, each.get(1).minus(height), each.get(0).minus(width), each.get(1).plus(height),
                each.get(0).plus(width));
    }
}
