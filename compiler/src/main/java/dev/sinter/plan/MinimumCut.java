package dev.sinter.plan;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * The cheapest set of edges without which no path leads from a source to a sink (Dinitz, "Algorithm for solution of a
 * problem of maximum flow in networks with power estimation", 1970). Used once.
 */
final class MinimumCut {
    /** The capacity of an edge that is never cut. */
    static final long UNCUT = Long.MAX_VALUE / 4;

    private static final int NONE = -1;

    /** By edge, an edge and its reverse one after the other. */
    private int[] heads = new int[64];
    private int[] nextEdges = new int[64];
    private long[] capacities = new long[64];
    private int edges;
    /** By node its last edge. */
    private final int[] lastEdges;
    private final int[] levels;
    private final int[] open;

    MinimumCut(int nodes) {
        this.lastEdges = new int[nodes];
        this.levels = new int[nodes];
        this.open = new int[nodes];
        Arrays.fill(lastEdges, NONE);
    }

    void edge(int from, int to, long capacity) {
        if (edges + 2 > heads.length) {
            heads = Arrays.copyOf(heads, 2 * edges + 2);
            nextEdges = Arrays.copyOf(nextEdges, 2 * edges + 2);
            capacities = Arrays.copyOf(capacities, 2 * edges + 2);
        }
        half(from, to, capacity);
        half(to, from, 0);
    }

    private void half(int from, int to, long capacity) {
        heads[edges] = to;
        capacities[edges] = capacity;
        nextEdges[edges] = lastEdges[from];
        lastEdges[from] = edges++;
    }

    /** The nodes that the source still reaches: the cut edges lead out of them. */
    BitSet reached(int source, int sink) {
        while (level(source, sink)) {
            System.arraycopy(lastEdges, 0, open, 0, open.length);
            while (push(source, sink)) { }
        }
        BitSet reached = new BitSet();
        for (int node = 0; node < levels.length; node++) {
            reached.set(node, levels[node] != NONE);
        }
        return reached;
    }

    /** Finds how far each node is from the source. */
    private boolean level(int source, int sink) {
        Arrays.fill(levels, NONE);
        levels[source] = 0;
        Deque<Integer> queue = new ArrayDeque<>();
        queue.add(source);
        while (!queue.isEmpty()) {
            int node = queue.remove();
            for (int edge = lastEdges[node]; edge != NONE; edge = nextEdges[edge]) {
                if (capacities[edge] > 0 && levels[heads[edge]] == NONE) {
                    levels[heads[edge]] = levels[node] + 1;
                    queue.add(heads[edge]);
                }
            }
        }
        return levels[sink] != NONE;
    }

    /** Fills one shortest path; false where there is none left. */
    private boolean push(int source, int sink) {
        int[] path = new int[levels[sink]];
        int length = 0;
        int node = source;
        while (node != sink) {
            int edge = open[node];
            if (edge == NONE) {
                if (length == 0) {
                    return false;
                }
                // A dead end is left by the edge that led into it, which is not tried again.
                int into = path[--length];
                node = heads[into ^ 1];
                open[node] = nextEdges[into];
            } else if (capacities[edge] > 0 && levels[heads[edge]] == levels[node] + 1 && length < path.length) {
                path[length++] = edge;
                node = heads[edge];
            } else {
                open[node] = nextEdges[edge];
            }
        }
        long least = UNCUT;
        for (int i = 0; i < length; i++) {
            least = Math.min(least, capacities[path[i]]);
        }
        for (int i = 0; i < length; i++) {
            capacities[path[i]] -= least;
            capacities[path[i] ^ 1] += least;
        }
        return true;
    }
}
