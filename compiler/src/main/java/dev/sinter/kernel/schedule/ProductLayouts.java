package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Layouts in which products of matrices read their right operands fastest: panels as wide as a group of columns.
 * The first product that reads a buffer decides; what is updated beside a variable, as an optimizer's means of its
 * gradient, lies as the variable does; a temporary that another product reads across its columns stays
 * row-major unless it fits into one panel.
 */
public final class ProductLayouts implements LayoutAssignment {
    private final Target target;

    public ProductLayouts(Target target) {
        this.target = target;
    }

    @Override
    public Map<Integer, Layout> choose(Plan plan, Map<String, Layout> fixed) {
        Map<Integer, Layout> chosen = new HashMap<>();
        products(plan, (nest, product) -> right(plan.buffers(), nest, product).ifPresent(width ->
                chosen.putIfAbsent(product.rightPlace().buffer(), new Layout.Panels(width))));
        products(plan, (nest, product) -> {
            Buffer left = plan.buffers().get(product.leftPlace().buffer());
            if (left.role() instanceof Buffer.Role.Temporary
                    && chosen.get(left.id()) instanceof Layout.Panels(int width)
                    && left.type().shape().dims().getLast().constant() > width
                    && sumsAlongColumns(nest, product.left())) {
                chosen.remove(left.id());
            }
        });
        withCompanions(plan, fixed, chosen);
        return chosen;
    }

    /** Variables that are updated beside one in panels, point by point, lie as it does. */
    private static void withCompanions(Plan plan, Map<String, Layout> fixed, Map<Integer, Layout> chosen) {
        Map<String, Layout> variables = new HashMap<>(fixed);
        for (Buffer buffer : plan.buffers()) {
            if (buffer.role() instanceof Buffer.Role.State(String variable) && chosen.containsKey(buffer.id())) {
                variables.putIfAbsent(variable, chosen.get(buffer.id()));
            }
        }
        for (Plan.Step step : plan.steps()) {
            if (step instanceof Plan.Compute compute) {
                List<Nest.Output> outputs = compute.nest().outputs();
                for (Nest.Output output : outputs) {
                    Buffer buffer = plan.buffers().get(output.buffer());
                    if (buffer.role() instanceof Buffer.Role.NextState next
                            && variables.get(next.variable()) instanceof Layout.Panels panels) {
                        outputs.stream().filter(other -> other.map().equals(output.map())
                                && plan.buffers().get(other.buffer()).role() instanceof Buffer.Role.NextState
                                && plan.buffers().get(other.buffer()).type().equals(buffer.type()))
                                .forEach(other -> chosen.putIfAbsent(other.buffer(), panels));
                    }
                }
            }
        }
    }

    private interface Visitor {
        void visit(Nest nest, MatrixProduct product);
    }

    private static void products(Plan plan, Visitor visitor) {
        for (Plan.Step step : plan.steps()) {
            if (step instanceof Plan.Compute compute) {
                Nest nest = Used.trimmed(compute.nest());
                Contraction.match(nest).flatMap(contraction -> MatrixProduct.of(contraction, plan.buffers()))
                        .ifPresent(product -> visitor.visit(nest, product));
            }
        }
    }

    /** The panels' width that a product wants for its right operand, where that has a free choice and gains. */
    private Optional<Integer> right(List<Buffer> buffers, Nest nest, MatrixProduct product) {
        Buffer buffer = buffers.get(product.rightPlace().buffer());
        boolean free = switch (buffer.role()) {
            case Buffer.Role.State ignored -> true;
            case Buffer.Role.Temporary ignored -> true;
            case Buffer.Role.Constant ignored -> true;
            case Buffer.Role.NextState ignored -> false;
            case Buffer.Role.Input ignored -> false;
            case Buffer.Role.Output ignored -> false;
            case Buffer.Role.View ignored -> false;
            case Buffer.Role.RunNumber _, Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _,
                    Buffer.Role.Counter _ -> false;
        };
        List<Coordinate> coordinates = nest.inputs().get(product.right()).map().coordinates();
        int rank = coordinates.size();
        if (!free || rank < 2 || !product.rightPlace().isUnit(product.column())
                || !walks(coordinates.get(rank - 2), nest)) {
            return Optional.empty();
        }
        Dim columns = buffer.type().shape().dim(rank - 1);
        boolean whole = coordinates.getLast().asAxis()
                .map(axis -> axis < nest.domain().size() && nest.domain().get(axis).equals(columns)).orElse(false);
        if (!whole || !columns.isConstant()) {
            return Optional.empty();
        }
        int lanes = target.vectorBytes() / product.dtype().bytes();
        int width = Operands.panel(columns, lanes, target);
        return columns.isConstant(width) ? Optional.empty() : Optional.of(width);
    }

    /** Whether a coordinate moves along a sum. */
    private static boolean walks(Coordinate coordinate, Nest nest) {
        for (int axis = nest.domain().size(); axis < nest.axisCount(); axis++) {
            if (!coordinate.coefficients().get(axis).isConstant(0)) {
                return true;
            }
        }
        return false;
    }

    private static boolean sumsAlongColumns(Nest nest, int input) {
        return walks(nest.inputs().get(input).map().coordinates().getLast(), nest);
    }
}
