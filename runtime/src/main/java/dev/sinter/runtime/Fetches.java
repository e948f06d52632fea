package dev.sinter.runtime;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** What a run returned: an array for each fetch, which nothing changes. */
public final class Fetches {
    private final List<Tensor> tensors;
    private final List<NDArray> values;

    Fetches(List<Tensor> tensors, List<NDArray> values) {
        this.tensors = tensors;
        this.values = List.copyOf(values);
    }

    /** The value of a fetched tensor or variable. */
    public NDArray get(Operand fetch) {
        return values.get(indexOf(tensors, fetch));
    }

    /** The value of the fetch at a position. */
    public NDArray get(int index) {
        return values.get(index);
    }

    /** The value of a fetch by its tensor's name. */
    public NDArray get(String name) {
        String plain = name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).name().equals(plain) || tensors.get(i).name().equals(plain + "/read")) {
                return values.get(i);
            }
        }
        throw new GraphException("fetch: \"" + name + "\" was not fetched");
    }

    /** All values in the order of the fetches. */
    public List<NDArray> asList() {
        return values;
    }

    static int indexOf(List<Tensor> tensors, Operand fetch) {
        int index = tensors.indexOf(Fetch.tensor(fetch));
        if (index < 0) {
            throw new GraphException("fetch: " + fetch + " was not fetched");
        }
        return index;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
