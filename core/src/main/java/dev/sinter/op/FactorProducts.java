package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The factors of the products that a {@link Scatter} makes: elements of a tensor, and what is written to them. Nothing
 * is divided by 0: the derivatives of a product, and theirs, are right where factors are 0.
 *
 * @param scatter  the op
 * @param b        makes values
 * @param elements of the tensor
 * @param factors  what they are multiplied by
 * @param indices  where
 */
record FactorProducts(Scatter scatter, Builder b, Value elements, Value factors, List<Value> indices) {
    /** The product of the others for each element, whose gradient flows to both. */
    Value besideElements() {
        return differentiable(beside(elements, zeros(), products()), true);
    }

    /** The product of the others for each factor, whose gradient flows to both. */
    Value besideFactors() {
        return differentiable(beside(factors, read(zeros()), read(products())), false);
    }

    private Value differentiable(Value value, boolean ofElements) {
        List<Value> operands = new ArrayList<>(List.of(value, elements, factors));
        operands.addAll(indices);
        return b.add(new CustomGradient("scatter_products", new PairRule(scatter, ofElements)), operands);
    }

    private Value read(Value from) {
        List<Value> operands = new ArrayList<>(List.of(from));
        operands.addAll(indices);
        return b.add(scatter.gather(), operands);
    }

    private Value combined(Combination how, Value to, Value what) {
        List<Value> operands = new ArrayList<>(List.of(to, what));
        operands.addAll(indices);
        return b.add(new Scatter(how, scatter.axes(), scatter.batch()), operands);
    }

    private Value isZero(Value x) {
        return b.map(ScalarFn.EQ, x, b.zerosLike(x));
    }

    private Value isCount(Value zeros, double count) {
        return b.map(ScalarFn.EQ, zeros, b.fullLike(zeros, count));
    }

    /** How many factors of each product are 0. */
    private Value zeros() {
        return combined(Combination.ADD, b.convert(isZero(elements), elements.dtype()),
                b.convert(isZero(factors), factors.dtype()));
    }

    private Value withoutZeros(Value x) {
        return b.select(isZero(x), b.fullLike(x, 1), x);
    }

    /** The products of the factors that are not 0. */
    private Value products() {
        return combined(Combination.MUL, withoutZeros(elements), withoutZeros(factors));
    }

    /** The product of the factors beside one, of which some number is 0 and the others have a product. */
    private Value beside(Value factor, Value zeros, Value product) {
        Value none = b.zerosLike(factor);
        Value ofZero = b.select(isCount(zeros, 1), product, none);
        Value ofOther = b.select(isZero(zeros), b.div(product, withoutZeros(factor)), none);
        return b.select(isZero(factor), ofZero, ofOther);
    }

    /**
     * What flows from products beside one factor to the others: each pair of factors has the product of the rest.
     *
     * @param ofElements whether the one is an element, else a factor that is written
     */
    private record PairRule(Scatter scatter, boolean ofElements) implements Derivative.Vjp {
        @Override
        public List<Optional<Value>> of(Builder b, Value self, Value gradient) {
            FactorProducts all = new FactorProducts(scatter, b, self.operand(1), self.operand(2),
                    self.operands().subList(3, self.operands().size()));
            Value ofElement = ofElements ? gradient : b.zerosLike(all.elements);
            Value ofFactor = ofElements ? b.zerosLike(all.factors) : gradient;
            List<Optional<Value>> gradients = new ArrayList<>(all.pairs(ofElement, ofFactor));
            gradients.addFirst(Optional.empty());
            all.indices.forEach(_ -> gradients.add(Optional.empty()));
            return gradients;
        }
    }

    private List<Optional<Value>> pairs(Value ofElement, Value ofFactor) {
        Value zeros = zeros();
        Value product = products();
        Value ofZeros = combined(Combination.ADD, atZeros(elements, ofElement), atZeros(factors, ofFactor));
        Value ofOthers = combined(Combination.ADD, share(elements, ofElement), share(factors, ofFactor));
        return List.of(Optional.of(pair(elements, ofElement, zeros, product, ofZeros, ofOthers)),
                Optional.of(pair(factors, ofFactor, read(zeros), read(product), read(ofZeros), read(ofOthers))));
    }

    private Value atZeros(Value factor, Value gradient) {
        return b.select(isZero(factor), gradient, b.zerosLike(factor));
    }

    private Value share(Value factor, Value gradient) {
        return b.select(isZero(factor), b.zerosLike(factor), b.div(gradient, withoutZeros(factor)));
    }

    /**
     * What flows to one factor.
     *
     * @param ofZeros  the sum of the gradients at factors that are 0
     * @param ofOthers the sum of the gradients at the others, each divided by its factor
     */
    private Value pair(Value factor, Value gradient, Value zeros, Value product, Value ofZeros, Value ofOthers) {
        Value none = b.zerosLike(factor);
        Value rest = b.div(product, withoutZeros(factor));
        Value toZero = b.select(isCount(zeros, 1), b.times(product, ofOthers),
                b.select(isCount(zeros, 2), b.times(product, b.minus(ofZeros, gradient)), none));
        Value toOther = b.select(isZero(zeros), b.times(rest, b.minus(ofOthers, share(factor, gradient))),
                b.select(isCount(zeros, 1), b.times(rest, ofZeros), none));
        return b.select(isZero(factor), toZero, toOther);
    }
}
