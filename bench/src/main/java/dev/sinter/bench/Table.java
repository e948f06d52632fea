package dev.sinter.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The table for people. */
final class Table {
    private final PrintStream out;
    private boolean begun;

    Table(PrintStream out) {
        this.out = out;
    }

    /** Prints the rows of one comparison, each with its time as a multiple of the first's. */
    void print(List<Row> rows) {
        if (!begun) {
            out.printf(Locale.ROOT, "%-34s %12s %12s %8s %9s %8s %9s %7s%n",
                    "name", "median us", "min us", "ratio", "GFLOP/s", "of peak", "GB/s", "of limit");
            begun = true;
        }
        for (Row row : rows) {
            out.printf(Locale.ROOT, "%-34s %12s %12s %8s %9s %8s %9s %8s%s%n",
                    row.name(), time(row.median()), time(row.least()),
                    String.format(Locale.ROOT, "%.2f", row.median() / rows.getFirst().median()),
                    number(row.gflops(), "%.1f"), number(row.peakFraction(), "%.3f"),
                    number(row.gbps(), "%.1f"), number(row.limitFraction(), "%.3f"), remarks(row));
        }
        out.flush();
    }

    private static String time(double micros) {
        return String.format(Locale.ROOT, micros < 10 ? "%.3f" : "%.1f", micros);
    }

    private static String number(OptionalDouble value, String format) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
    }

    private static String remarks(Row row) {
        return row.remarks().stream()
                .map(remark -> String.format(Locale.ROOT, "  %s %.4g", remark.key(), remark.value()))
                .collect(Collectors.joining());
    }
}
