package dev.sinter.ir;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;

/** What a {@link Value} is. */
public sealed interface Type {
    /** An array of elements of one dtype. Its text is {@code f32[n,100]}. */
    record TensorType(DType dtype, Shape shape) implements Type {
        public int rank() {
            return shape.rank();
        }

        public TensorType withShape(Shape other) {
            return new TensorType(dtype, other);
        }

        public TensorType withDtype(DType other) {
            return new TensorType(other, shape);
        }

        @Override
        public String toString() {
            return dtype.mnemonic() + shape;
        }
    }

    /** The state of one variable between two writes. Its text is {@code state<w1: f32[2]>}. */
    record StateType(String variable, TensorType content) implements Type {
        @Override
        public String toString() {
            return "state<" + variable + ": " + content + ">";
        }
    }

    /** The fact that something has happened. */
    record TokenType() implements Type {
        @Override
        public String toString() {
            return "token";
        }
    }

    /**
     * Elements of one type, as many as the run has made of them: what a loop without a known length stacks and
     * another one takes apart. Its text is {@code tape<f32[2]>}.
     */
    record TapeType(TensorType element) implements Type {
        @Override
        public String toString() {
            return "tape<" + element + ">";
        }
    }

    /** Several values at once: the result of an op with many results, taken apart by {@code project}. */
    record TupleType(List<Type> elements) implements Type {
        public TupleType {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return elements.stream().map(Type::toString).collect(Collectors.joining(", ", "(", ")"));
        }
    }
}
