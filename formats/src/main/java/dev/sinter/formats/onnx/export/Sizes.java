package dev.sinter.formats.onnx.export;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sizes as values of the file: vectors of integers. A size that a tensor in sight has is read off its shape, any other
 * is computed.
 */
final class Sizes implements Dim.Arithmetic<Sizes.Computed> {
    /**
     * A size with the value that has it, where it is not known.
     *
     * @param name a vector of one integer
     */
    record Computed(Dim dim, Optional<String> name) {}

    /** A tensor and its axis that has a size. */
    private record Source(String tensor, int axis) {}

    private final Block block;
    private final Optional<Sizes> around;
    private final Map<Dim, Source> sources = new HashMap<>();
    private final Map<Dim, String> known = new HashMap<>();
    private final Map<Dim, String> found = new HashMap<>();

    Sizes(Block block, Optional<Sizes> around) {
        this.block = block;
        this.around = around;
    }

    Sizes inner(Block inner) {
        return new Sizes(inner, Optional.of(this));
    }

    /** Makes it known that a tensor of the file has a shape. */
    void learn(String tensor, Shape shape) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!shape.dim(axis).isConstant()) {
                sources.putIfAbsent(shape.dim(axis), new Source(tensor, axis));
            }
        }
    }

    /** Gives a symbol, whose value a run finds, the numbers from 0 to before it. */
    void define(Symbol symbol, String numbers) {
        found.put(Dim.ofSymbol(symbol), numbers);
        learn(numbers, Shape.of(Dim.ofSymbol(symbol)));
    }

    /** The numbers from 0 to before a size that the run finds. */
    Optional<String> numbers(Dim dim) {
        Optional<Sizes> sizes = Optional.of(this);
        while (sizes.isPresent()) {
            String numbers = sizes.get().found.get(dim);
            if (numbers != null) {
                return Optional.of(numbers);
            }
            sizes = sizes.get().around;
        }
        return Optional.empty();
    }

    /** The sizes as a vector. */
    String vector(List<Dim> dims) {
        if (dims.stream().allMatch(Dim::isConstant)) {
            return block.vector(dims.stream().map(Dim::constant).toList());
        }
        List<String> parts = new ArrayList<>();
        List<Long> constants = new ArrayList<>();
        for (Dim dim : dims) {
            if (dim.isConstant()) {
                constants.add(dim.constant());
            } else {
                if (!constants.isEmpty()) {
                    parts.add(block.vector(constants));
                    constants.clear();
                }
                parts.add(one(dim));
            }
        }
        if (!constants.isEmpty()) {
            parts.add(block.vector(constants));
        }
        return block.concat(parts, 0);
    }

    /** The size as a vector of one. */
    String one(Dim dim) {
        return name(of(dim));
    }

    /** The size as a scalar. */
    String scalar(Dim dim) {
        return dim.isConstant() ? block.constant(NDArray.scalar(dim.constant())) : block.squeeze(one(dim), List.of(0));
    }

    private String name(Computed size) {
        return size.name().orElseGet(() -> block.vector(List.of(size.dim().constant())));
    }

    private Computed of(Dim dim) {
        return dim.isConstant() ? constant(dim.constant()) : inSight(dim).orElseGet(() -> {
            Computed computed = dim.in(this);
            computed.name().ifPresent(name -> known.put(dim, name));
            return new Computed(dim, computed.name());
        });
    }

    private Optional<Computed> inSight(Dim dim) {
        Optional<Sizes> sizes = Optional.of(this);
        while (sizes.isPresent()) {
            String name = sizes.get().known.get(dim);
            if (name != null) {
                return Optional.of(new Computed(dim, Optional.of(name)));
            }
            sizes = sizes.get().around;
        }
        sizes = Optional.of(this);
        while (sizes.isPresent()) {
            Source source = sizes.get().sources.get(dim);
            if (source != null) {
                String name = block.add("Shape", source.tensor(), Attributes.integer("start", source.axis()),
                        Attributes.integer("end", source.axis() + 1));
                known.put(dim, name);
                return Optional.of(new Computed(dim, Optional.of(name)));
            }
            sizes = sizes.get().around;
        }
        return Optional.empty();
    }

    @Override
    public Computed constant(long value) {
        return new Computed(Dim.of(value), Optional.empty());
    }

    @Override
    public Computed symbol(Symbol symbol) {
        Dim dim = Dim.ofSymbol(symbol);
        return inSight(dim).or(() -> solved(symbol)).orElseThrow(() -> new UnsupportedException("the size " + symbol
                + " cannot be computed of the sizes of inputs; make it a size of its own of an input"));
    }

    /** A symbol that a tensor's size is a multiple of, with something added. */
    private Optional<Computed> solved(Symbol symbol) {
        Optional<Sizes> sizes = Optional.of(this);
        while (sizes.isPresent()) {
            for (Dim dim : List.copyOf(sizes.get().sources.keySet())) {
                if (dim.isPolynomial() && dim.symbols().equals(Set.of(symbol))) {
                    long offset = dim.evaluate(_ -> 0);
                    long factor = dim.evaluate(_ -> 1) - offset;
                    if (factor > 0 && dim.equals(Dim.ofSymbol(symbol).times(factor).plus(offset))) {
                        String rest = offset == 0 ? one(dim) : block.add("Sub", one(dim),
                                block.vector(List.of(offset)));
                        String name = block.add("Div", rest, block.vector(List.of(factor)));
                        known.put(Dim.ofSymbol(symbol), name);
                        return Optional.of(new Computed(Dim.ofSymbol(symbol), Optional.of(name)));
                    }
                }
            }
            sizes = sizes.get().around;
        }
        return Optional.empty();
    }

    @Override
    public Computed plus(Computed left, Computed right) {
        Dim sum = left.dim().plus(right.dim());
        if (left.dim().isConstant(0)) {
            return right;
        }
        if (right.dim().isConstant(0)) {
            return left;
        }
        if (right.dim().isConstant() && right.dim().constant() < 0) {
            return computed(sum, "Sub", name(left), block.vector(List.of(-right.dim().constant())));
        }
        return computed(sum, "Add", name(left), name(right));
    }

    @Override
    public Computed times(Computed left, Computed right) {
        return left.dim().isConstant(1) ? right : right.dim().isConstant(1) ? left
                : computed(left.dim().times(right.dim()), "Mul", name(left), name(right));
    }

    @Override
    public Computed call(String function, Computed left, Computed right) {
        Dim x = left.dim();
        Dim y = right.dim();
        return switch (function) {
            case "floordiv" -> x.isNeverNegative() ? computed(x.floorDiv(y), "Div", name(left), name(right))
                    : computed(x.floorDiv(y), "Div", block.add("Sub", name(left), block.add("Mod", name(left),
                            name(right))), name(right));
            case "mod" -> computed(x.mod(y), () -> x.isNeverNegative()
                    ? block.add("Mod", name(left), name(right), Attributes.integer("fmod", 1))
                    : block.add("Mod", name(left), name(right)));
            case "min" -> computed(x.min(y), "Min", name(left), name(right));
            case "max" -> computed(x.max(y), "Max", name(left), name(right));
            case "broadcast" -> computed(x.broadcast(y), () -> block.add("Shape", block.add("Expand",
                    block.add("ConstantOfShape", name(left), Attributes.tensor("value", NDArray.of(false))),
                    name(right))));
            case "repeats" -> computed(x.repeats(y), () -> block.add("Where", List.of(block.add("Equal", name(left),
                    block.vector(List.of(1))), name(right), block.vector(List.of(1)))));
            default -> throw new CompilerBug("no function of sizes is called " + function);
        };
    }

    private Computed computed(Dim dim, String op, String left, String right) {
        return computed(dim, () -> block.add(op, left, right));
    }

    private static Computed computed(Dim dim, java.util.function.Supplier<String> name) {
        return dim.isConstant() ? new Computed(dim, Optional.empty()) : new Computed(dim, Optional.of(name.get()));
    }
}
