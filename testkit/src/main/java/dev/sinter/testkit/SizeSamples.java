package dev.sinter.testkit;

import dev.sinter.ir.Parser;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** Samples of sizes that the run finds: at top level, in the body of a loop, in what a loop hands on. */
final class SizeSamples {
    private final List<OpSample> samples = new ArrayList<>();

    static List<OpSample> all() {
        SizeSamples made = new SizeSamples();
        made.addPrefix(DType.FLOAT64);
        made.addPrefix(DType.FLOAT32);
        made.addPrefix(DType.INT32);
        made.addComputed();
        made.addProduct();
        made.addScan();
        made.addGrowing();
        made.addShrinking();
        made.addWide();
        return made.samples;
    }

    private void add(String name, boolean smooth, List<List<NDArray>> runs, String body) {
        samples.add(new OpSample(name, Parser.parse("sinter-tensor 1\n" + body), runs, smooth));
    }

    private static List<List<NDArray>> runs(String seed, DType dtype, long[][] sizes) {
        SampleData data = new SampleData(seed);
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : sizes) {
            runs.add(List.of(data.random(dtype, size[0], size[1]), NDArray.scalar(size[2])));
        }
        return runs;
    }

    /** The first rows: mapped, summed up, counted, put back into a larger array, joined. */
    private void addPrefix(DType dtype) {
        List<List<NDArray>> runs = runs("prefix" + dtype, dtype, new long[][] {{5, 3, 2}, {5, 3, 5}, {5, 3, 0},
                {0, 3, 0}, {1, 1, 1}, {900, 37, 801}, {70, 70, 1}});
        add("define_size prefix " + dtype.mnemonic() + " symbolic", dtype == DType.FLOAT64, runs, """
                func @prefix(%%x: T[n,m], %%k: i64[]) {
                  %%2 = define_size{s, at_most=n}(%%k) : token
                  %%3 = slice{from=[0,0], to=[s,m], step=[1,1]}(%%x) : T[s,m]
                  %%4 = add(%%3, %%3) : T[s,m]
                  %%5 = reduce{sum, axes=[0]}(%%4) : T[m]
                  %%6 = iota{axis=0}() : i64[s]
                  %%7 = constant{%s}() : T[]
                  %%8 = pad{low=[0,0], high=[n-s,0], interior=[0,0]}(%%4, %%7) : T[n,m]
                  %%9 = concat{axis=0}(%%4, %%3) : T[2*s,m]
                  %%10 = reshape(%%9) : T[2,s*m]
                  %%11 = dim_size{s}() : i64[]
                  %%12 = reduce{sum, axes=[1]}(%%4) : T[s]
                  %%13 = broadcast{axes=[]}(%%7) : T[s]
                  %%14 = sub(%%12, %%13) : T[s]
                  return %%4, %%5, %%6, %%8, %%10, %%11, %%14
                }
                """.formatted(dtype.isFloat() ? "1.5" : "3").replace("T[", dtype.mnemonic() + "["));
    }

    /** A size that is the number of elements that satisfy a condition. */
    private void addComputed() {
        add("define_size counted symbolic", false, runs("counted", DType.FLOAT64, new long[][] {{6, 3, 2}, {0, 3, 0},
                {1, 1, 0}, {90, 37, 80}}), """
                func @counted(%x: f64[n,m], %k: i64[]) {
                  %2 = constant{0.0}() : f64[]
                  %3 = broadcast{axes=[]}(%2) : f64[n,m]
                  %4 = gt(%x, %3) : bool[n,m]
                  %5 = convert(%4) : i64[n,m]
                  %6 = reduce{sum, axes=[0,1]}(%5) : i64[]
                  %7 = define_size{s, at_most=n*m}(%6) : token
                  %8 = reshape(%x) : f64[n*m]
                  %9 = slice{from=[0], to=[s], step=[1]}(%8) : f64[s]
                  %10 = reduce{sum, axes=[0]}(%9) : f64[]
                  %11 = exp(%9) : f64[s]
                  %12 = broadcast{axes=[]}(%10) : f64[s]
                  %13 = sub(%11, %12) : f64[s]
                  %14 = define_size{t, at_most=s}(%k) : token
                  %15 = slice{from=[0], to=[t], step=[1]}(%13) : f64[t]
                  return %13, %15
                }
                """);
    }

    /** A product with as many rows as the run finds, and one that sums over them. */
    private void addProduct() {
        add("define_size product symbolic", true, runs("product", DType.FLOAT64, new long[][] {{6, 3, 2}, {6, 3, 0},
                {1, 1, 1}, {90, 37, 80}, {130, 64, 129}}), """
                func @product(%x: f64[n,m], %k: i64[]) {
                  %2 = define_size{s, at_most=n}(%k) : token
                  %3 = slice{from=[0,0], to=[s,m], step=[1,1]}(%x) : f64[s,m]
                  %4 = tanh(%3) : f64[s,m]
                  %5 = contract{mk,nk->mn}(%4, %x) : f64[s,n]
                  %6 = contract{mk,mn->kn}(%3, %4) : f64[m,m]
                  return %5, %6
                }
                """);
    }

    /** A loop over as many rows as the run finds. */
    private void addScan() {
        add("define_size scan symbolic", true, runs("scan", DType.FLOAT64, new long[][] {{6, 3, 2}, {6, 3, 0},
                {1, 1, 1}, {8, 37, 7}, {7, 90, 6}}), """
                func @scan(%x: f64[n,m], %k: i64[]) {
                  %2 = define_size{s, at_most=n}(%k) : token
                  %3 = slice{from=[0,0], to=[s,m], step=[1,1]}(%x) : f64[s,m]
                  %4 = constant{0.5}() : f64[]
                  %5 = broadcast{axes=[]}(%4) : f64[m]
                  %6 = loop{length=s, sequences=1, carries=1}(%3, %5) : (f64[m], f64[s,m]) region(
                      %p0: i64[], %p1: f64[m], %p2: f64[m]) {
                    %3 = mul(%p1, %p2) : f64[m]
                    %4 = sin(%3) : f64[m]
                    return %4, %3
                  }
                  %7 = project{0}(%6) : f64[m]
                  %8 = project{1}(%6) : f64[s,m]
                  return %7, %8
                }
                """);
    }

    /** A loop whose carry is one row longer after each iteration. */
    private void addGrowing() {
        add("define_size growing symbolic", true, runs("growing", DType.FLOAT64, new long[][] {{1, 3, 4}, {1, 3, 0},
                {1, 1, 1}, {1, 7, 8}, {2, 3, 7}, {2, 300, 2}}), """
                func @growing(%x: f64[n,m], %k: i64[]) {
                  %2 = constant{0.0}() : f64[]
                  %3 = pad{low=[0,0], high=[8,0], interior=[0,0]}(%x, %2) : f64[n+8,m]
                  %4 = dim_size{n}() : i64[]
                  %5 = loop{length=8, sequences=0, carries=2, limited}(%k, %3, %4) : (f64[n+8,m], i64[]) region(
                      %p0: i64[], %p1: f64[n+8,m], %p2: i64[]) {
                    %3 = define_size{c, at_most=n+8}(%p2) : token
                    %4 = slice{from=[0,0], to=[c,m], step=[1,1]}(%p1) : f64[c,m]
                    %5 = sin(%4) : f64[c,m]
                    %6 = reduce{sum, axes=[0]}(%5) : f64[m]
                    %7 = reshape(%6) : f64[1,m]
                    %8 = concat{axis=0}(%5, %7) : f64[c+1,m]
                    %9 = dim_size{c+1}() : i64[]
                    %10 = define_size{d, at_most=n+8}(%9) : token
                    %11 = slice{from=[0,0], to=[d,m], step=[1,1]}(%8) : f64[d,m]
                    %12 = constant{0.0}() : f64[]
                    %13 = pad{low=[0,0], high=[n-d+8,0], interior=[0,0]}(%11, %12) : f64[n+8,m]
                    return %13, %9
                  }
                  %6 = project{0}(%5) : f64[n+8,m]
                  %7 = project{1}(%5) : i64[]
                  %8 = define_size{e, at_most=n+8}(%7) : token
                  %9 = slice{from=[0,0], to=[e,m], step=[1,1]}(%6) : f64[e,m]
                  return %9
                }
                """);
    }

    /** A loop whose carry loses its first row in each iteration, and that ends when it has none. */
    private void addShrinking() {
        add("define_size shrinking symbolic", true, runs("shrinking", DType.FLOAT64, new long[][] {{4, 3, 0}, {1, 1, 0},
                {9, 37, 0}, {6, 300, 0}}), """
                func @shrinking(%x: f64[n,m], %k: i64[]) {
                  %2 = dim_size{n}() : i64[]
                  %3 = constant{0}() : i64[]
                  %4 = lt(%3, %2) : bool[]
                  %5 = constant{1.0}() : f64[]
                  %6 = broadcast{axes=[]}(%5) : f64[m]
                  %7 = loop{length=20, sequences=0, carries=3, conditional}(%4, %x, %2, %6)
                      : (f64[n,m], i64[], f64[m], i64[]) region(
                      %p0: i64[], %p1: f64[n,m], %p2: i64[], %p3: f64[m]) {
                    %4 = define_size{c, at_most=n}(%p2) : token
                    %5 = slice{from=[0,0], to=[c,m], step=[1,1]}(%p1) : f64[c,m]
                    %6 = reduce{sum, axes=[0]}(%5) : f64[m]
                    %7 = mul(%6, %p3) : f64[m]
                    %8 = tanh(%7) : f64[m]
                    %9 = slice{from=[min(1,c),0], to=[c,m], step=[1,1]}(%5) : f64[c-min(1,c),m]
                    %10 = constant{0.0}() : f64[]
                    %11 = pad{low=[0,0], high=[n-c+min(1,c),0], interior=[0,0]}(%9, %10) : f64[n,m]
                    %12 = dim_size{c-min(1,c)}() : i64[]
                    %13 = constant{0}() : i64[]
                    %14 = gt(%12, %13) : bool[]
                    return %11, %12, %8, %14
                  }
                  %8 = project{2}(%7) : f64[m]
                  %9 = project{3}(%7) : i64[]
                  return %8, %9
                }
                """);
    }

    /** A loop whose carry grows, in rows that several threads share. */
    private void addWide() {
        add("define_size wide symbolic", false, runs("wide", DType.INT32, new long[][] {{1, 30_000, 3}, {2, 9_000, 5},
                {3, 7, 2}}), """
                func @wide(%x: i32[n,m], %k: i64[]) {
                  %2 = constant{0}() : i32[]
                  %3 = pad{low=[0,0], high=[8,0], interior=[0,0]}(%x, %2) : i32[n+8,m]
                  %4 = dim_size{n}() : i64[]
                  %5 = loop{length=8, sequences=0, carries=2, limited}(%k, %3, %4) : (i32[n+8,m], i64[]) region(
                      %p0: i64[], %p1: i32[n+8,m], %p2: i64[]) {
                    %3 = define_size{c, at_most=n+7}(%p2) : token
                    %4 = slice{from=[0,0], to=[c,m], step=[1,1]}(%p1) : i32[c,m]
                    %5 = reverse{axes=[0,1]}(%4) : i32[c,m]
                    %6 = reduce{sum, axes=[0]}(%5) : i32[m]
                    %7 = reshape(%6) : i32[1,m]
                    %8 = concat{axis=0}(%5, %7) : i32[c+1,m]
                    %9 = constant{1}() : i32[]
                    %10 = pad{low=[0,0], high=[n-c+7,0], interior=[0,0]}(%8, %9) : i32[n+8,m]
                    %11 = dim_size{c+1}() : i64[]
                    return %10, %11
                  }
                  %6 = project{0}(%5) : i32[n+8,m]
                  %7 = project{1}(%5) : i64[]
                  return %6, %7
                }
                """);
    }
}
