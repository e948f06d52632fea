package dev.sinter.diff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The smallest sum of capacities that separates a source from a sink (Dinic, "Algorithm for solution of a
 * problem of maximum flow in networks with power estimation", 1970). Of several smallest cuts the one next
 * to the sink.
 */
final class MinCut {
    /** No cut goes through an edge of this capacity. */
    static final long UNBOUNDED = Long.MAX_VALUE / 4;
    static final int SOURCE = 0;
    static final int SINK = 1;

    /** An edge; the one with the other parity of its number is the way back. */
    private record Edge(int from, int to) {}

    private final List<List<Integer>> leaving = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<Long> room = new ArrayList<>();

    MinCut() {
        node();
        node();
    }

    int node() {
        leaving.add(new ArrayList<>());
        return leaving.size() - 1;
    }

    void edge(int from, int to, long capacity) {
        leaving.get(from).add(edges.size());
        edges.add(new Edge(from, to));
        room.add(capacity);
        leaving.get(to).add(edges.size());
        edges.add(new Edge(to, from));
        room.add(0L);
    }

    /** By node: whether it lies on the sink's side of the cut. */
    boolean[] sinkSide() {
        int[] levels = levels();
        while (levels[SINK] >= 0) {
            fill(levels);
            levels = levels();
        }
        boolean[] side = new boolean[leaving.size()];
        Deque<Integer> pending = new ArrayDeque<>(List.of(SINK));
        side[SINK] = true;
        while (!pending.isEmpty()) {
            for (int edge : leaving.get(pending.pop())) {
                int before = edges.get(edge).to();
                if (room.get(edge ^ 1) > 0 && !side[before]) {
                    side[before] = true;
                    pending.push(before);
                }
            }
        }
        return side;
    }

    /** How many edges with room lie between the source and each node; -1 where none leads there. */
    private int[] levels() {
        int[] levels = new int[leaving.size()];
        Arrays.fill(levels, -1);
        levels[SOURCE] = 0;
        Deque<Integer> pending = new ArrayDeque<>(List.of(SOURCE));
        while (!pending.isEmpty()) {
            int node = pending.remove();
            for (int edge : leaving.get(node)) {
                int next = edges.get(edge).to();
                if (room.get(edge) > 0 && levels[next] < 0) {
                    levels[next] = levels[node] + 1;
                    pending.add(next);
                }
            }
        }
        return levels;
    }

    /** Sends as much as fits along shortest ways. */
    private void fill(int[] levels) {
        int[] at = new int[leaving.size()];
        List<Integer> way = new ArrayList<>();
        int node = SOURCE;
        while (true) {
            if (node == SINK) {
                long most = way.stream().mapToLong(room::get).min().orElseThrow();
                for (int edge : way) {
                    room.set(edge, room.get(edge) - most);
                    room.set(edge ^ 1, room.get(edge ^ 1) + most);
                }
                way.clear();
                node = SOURCE;
            } else if (at[node] < leaving.get(node).size()) {
                int edge = leaving.get(node).get(at[node]);
                int next = edges.get(edge).to();
                if (room.get(edge) > 0 && levels[next] == levels[node] + 1) {
                    way.add(edge);
                    node = next;
                } else {
                    at[node]++;
                }
            } else if (way.isEmpty()) {
                return;
            } else {
                node = edges.get(way.removeLast()).from();
                at[node]++;
            }
        }
    }
}
