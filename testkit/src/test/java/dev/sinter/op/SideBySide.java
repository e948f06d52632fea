package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Checks that are carried out side by side; each test waits for its own. */
public final class SideBySide implements AutoCloseable {
    private final ExecutorService workers =
            Executors.newFixedThreadPool(2 * Runtime.getRuntime().availableProcessors());

    /**
     * A test for each of some items, whose checks start now.
     *
     * @param check what is wrong with an item
     */
    public <T> Stream<DynamicTest> tests(List<T> items, Function<T, String> name, Function<T, List<String>> check) {
        List<CompletableFuture<List<String>>> started = items.stream()
                .map(item -> CompletableFuture.supplyAsync(() -> check.apply(item), workers)).toList();
        return IntStream.range(0, items.size()).mapToObj(i -> DynamicTest.dynamicTest(name.apply(items.get(i)),
                () -> assertThat(started.get(i).join()).isEmpty()));
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
