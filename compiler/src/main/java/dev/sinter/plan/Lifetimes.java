package dev.sinter.plan;

import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When the buffers of a program are in use. Steps are numbered as they are written, those of a loop's body
 * between two numbers of the loop's own. What is used inside of a loop and outside of it lives as long as the
 * loop; what each iteration makes for itself lives within the body alone.
 */
public final class Lifetimes {
    /** A use at a place, inside of loops from the outermost to the innermost. */
    private record Use(int place, List<Span> loops) {}

    /** The places of a loop. */
    private static final class Span {
        private final int first;
        private int last;

        Span(int first) {
            this.first = first;
        }
    }

    private final Program program;
    private final Map<Integer, List<Use>> uses = new TreeMap<>();
    private int places;

    private Lifetimes(Program program) {
        this.program = program;
    }

    /** The uses of a program's buffers. */
    public static Lifetimes of(Program program) {
        Lifetimes lifetimes = new Lifetimes(program);
        lifetimes.visit(program.steps(), List.of());
        return lifetimes;
    }

    /** How many places there are. */
    int places() {
        return places;
    }

    /** For each buffer that owns memory its first and its last place. */
    public Map<Integer, int[]> lives() {
        Map<Integer, int[]> lives = new TreeMap<>();
        uses.forEach((buffer, all) -> lives.put(buffer, life(all)));
        return lives;
    }

    private static int[] life(List<Use> all) {
        List<Span> common = all.getFirst().loops();
        for (Use use : all) {
            int same = 0;
            while (same < common.size() && same < use.loops().size() && common.get(same) == use.loops().get(same)) {
                same++;
            }
            common = common.subList(0, same);
        }
        int[] life = {Integer.MAX_VALUE, -1};
        for (Use use : all) {
            boolean deeper = use.loops().size() > common.size();
            life[0] = Math.min(life[0], deeper ? use.loops().get(common.size()).first : use.place());
            life[1] = Math.max(life[1], deeper ? use.loops().get(common.size()).last : use.place());
        }
        return life;
    }

    private void visit(List<Step> steps, List<Span> loops) {
        for (Step step : steps) {
            switch (step) {
                case Step.Launch launch -> launch.buffers().forEach(buffer -> use(buffer, loops));
                case Step.CallHost call -> {
                    call.operands().forEach(buffer -> use(buffer, loops));
                    call.results().forEach(buffer -> use(buffer, loops));
                }
                case Step.Copy copy -> {
                    use(copy.from(), loops);
                    use(copy.to(), loops);
                }
                case Step.Loop loop -> loop(loop, loops);
                case Step.Branch branch -> {
                    use(branch.number(), loops);
                    places++;
                    branch.branches().forEach(taken -> visit(taken, loops));
                }
                case Step.Define size -> use(size.value(), loops);
                case Step.PointOfNoReturn _ -> { }
            }
            places++;
        }
    }

    private void loop(Step.Loop loop, List<Span> loops) {
        Span span = new Span(places);
        around(loop, loops);
        places++;
        List<Span> inside = new ArrayList<>(loops);
        inside.add(span);
        visit(loop.body(), inside);
        loop.goesOn().ifPresent(buffer -> use(buffer, inside));
        places++;
        span.last = places;
        around(loop, loops);
    }

    /** What a loop uses before its first iteration and after its last one. */
    private void around(Step.Loop loop, List<Span> loops) {
        loop.limit().ifPresent(buffer -> use(buffer, loops));
        loop.condition().ifPresent(buffer -> use(buffer, loops));
        loop.count().ifPresent(buffer -> use(buffer, loops));
        for (int row : loop.rows()) {
            use(((Buffer.Role.Row) program.buffers().get(row).role()).of(), loops);
        }
        for (Program.Carry carry : loop.carries()) {
            use(carry.initial(), loops);
            use(carry.result(), loops);
            if (!carry.isInPlace()) {
                use(carry.spare(), loops);
            }
        }
    }

    private void use(int buffer, List<Span> loops) {
        int owner = Plan.owner(program.buffers(), buffer).id();
        uses.computeIfAbsent(owner, key -> new ArrayList<>()).add(new Use(places, loops));
    }
}
