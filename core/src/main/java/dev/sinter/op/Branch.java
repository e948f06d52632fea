package dev.sinter.op;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out one of several branches. Operands: the number of the branch, an {@code int64} scalar, then the
 * captures, which are the parameters of every branch. A number that no branch has stands for the last one. The
 * result is the tuple of the branch's tensors, then a token where any branch has effects.
 *
 * @param branches at least one, all with the same parameters and the same tensor results
 */
public record Branch(List<Region> branches) implements Op {
    public Branch {
        branches = List.copyOf(branches);
    }

    @Override
    public String mnemonic() {
        return "branch";
    }

    @Override
    public List<Region> regions() {
        return branches;
    }

    @Override
    public Op withRegions(List<Region> regions) {
        return new Branch(regions);
    }

    @Override
    public Type infer(List<Type> operands) {
        if (branches.isEmpty()) {
            throw new GraphException("branch: at least one branch is needed");
        }
        List<TensorType> parameters = branches.getFirst().parameterTypes();
        List<TensorType> results = branches.getFirst().tensorResults();
        for (int i = 1; i < branches.size(); i++) {
            if (!branches.get(i).parameterTypes().equals(parameters)) {
                throw new GraphException("branch: branch " + i + " takes " + branches.get(i).parameterTypes()
                        + ", branch 0 takes " + parameters);
            }
            if (!branches.get(i).tensorResults().equals(results)) {
                throw new GraphException("branch: branch " + i + " gives " + branches.get(i).tensorResults()
                        + ", branch 0 gives " + results);
            }
        }
        Inference.count(this, operands, 1 + parameters.size());
        if (!operands.getFirst().equals(new TensorType(DType.INT64, Shape.SCALAR))) {
            throw new GraphException("branch: the number of the branch is an int64 scalar, not " + operands.getFirst());
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!operands.get(1 + i).equals(parameters.get(i))) {
                throw new GraphException("branch: capture " + i + " must be " + parameters.get(i) + ", not "
                        + operands.get(1 + i));
            }
        }
        List<Type> types = new ArrayList<>(results);
        if (branches.stream().anyMatch(Region::hasEffect)) {
            types.add(new TokenType());
        }
        return new TupleType(types);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.OfRegions();
    }
}
