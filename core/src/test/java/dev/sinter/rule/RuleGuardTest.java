package dev.sinter.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Value;
import dev.sinter.pass.Pipeline;
import dev.sinter.pass.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where rules apply, and above all where they do not. That what they build is right is tested by fuzzing. */
final class RuleGuardTest {
    /**
     * Whether a rule applies to the result of a function over x, y (f32[n,4]), i, j (i32[n,4]), c
     * (bool[n,4]).
     */
    private static boolean applies(String name, String... body) {
        Rule rule = Pipeline.rules().stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no rule is called " + name));
        Function function = Parser.parse("sinter-tensor 1\nfunc @f(%x: f32[n,4], %y: f32[n,4], %i: i32[n,4],"
                + " %j: i32[n,4], %c: bool[n,4], %s: f32[], %u: f32[1,n,1]) {\n" + String.join("\n", body)
                + "\n}");
        Builder b = new Builder();
        List<Value> parameters = function.parameters().stream().map(parameter -> b.add(parameter.op())).toList();
        return rule.apply(function.inline(b, parameters).getFirst(), b).isPresent();
    }

    /** {@code %1} is a number everywhere in f32[n,4], {@code %3} in i32[n,4]. */
    private static String number(String text) {
        return "%0 = constant{" + text + "}() : f32[] %1 = broadcast{axes=[]}(%0) : f32[n,4]";
    }

    private static String integer(String text) {
        return "%2 = constant{" + text + "}() : i32[] %3 = broadcast{axes=[]}(%2) : i32[n,4]";
    }

    private static void yes(String name, String... body) {
        assertThat(applies(name, body)).as(name).isTrue();
    }

    private static void no(String name, String... body) {
        assertThat(applies(name, body)).as(name).isFalse();
    }

    @Test
    void theSignOfZeroMatters() {
        yes("x + -0.0 -> x", number("-0.0"), "%9 = add(%1, %x) : f32[n,4] return %9");
        no("x + -0.0 -> x", number("0.0"), "%9 = add(%1, %x) : f32[n,4] return %9");
        yes("x - 0 -> x", number("0.0"), "%9 = sub(%x, %1) : f32[n,4] return %9");
        no("x - 0 -> x", number("-0.0"), "%9 = sub(%x, %1) : f32[n,4] return %9");
        no("x - 0 -> x", number("0.0"), "%9 = sub(%1, %x) : f32[n,4] return %9");
        yes("-0.0 - x -> neg(x)", number("-0.0"), "%9 = sub(%1, %x) : f32[n,4] return %9");
        no("-0.0 - x -> neg(x)", number("0.0"), "%9 = sub(%1, %x) : f32[n,4] return %9");
    }

    @Test
    void checksOfIndicesAreCarriedOut() {
        String box = "%1 = constant{0}() : i64[] %2 = slice{from=[0,0], to=[n,1], step=[1,1]}(%x) : f32[n,1]";
        yes("dynamic_slice(x) -> x, of everything", box, "%3 = constant{2}() : i64[]",
                "%9 = dynamic_slice(%2, %1, %3) : f32[n,1] return %9");
        no("dynamic_slice(x) -> x, of everything", box, "%3 = constant{2}() : i64[]",
                "%4 = check_index{gather, axis=1, size=1}(%3) : i64[]",
                "%9 = dynamic_slice(%2, %1, %4) : f32[n,1] return %9");
        no("dynamic_update_slice(x, y) -> y, of everything", box, "%3 = constant{2}() : i64[]",
                "%4 = check_index{scatter, axis=1, size=1}(%3) : i64[]",
                "%9 = dynamic_update_slice(%2, %2, %1, %4) : f32[n,1] return %9");
    }

    @Test
    void integersAloneCancel() {
        yes("x + 0 -> x, of integers", integer("0"), "%9 = add(%i, %3) : i32[n,4] return %9");
        no("x + 0 -> x, of integers", number("0.0"), "%9 = add(%x, %1) : f32[n,4] return %9");
        yes("x - x -> 0, of integers", "%9 = sub(%i, %i) : i32[n,4] return %9");
        no("x - x -> 0, of integers", "%9 = sub(%i, %j) : i32[n,4] return %9");
        no("x - x -> 0, of integers", "%9 = sub(%x, %x) : f32[n,4] return %9");
        yes("x * 0 -> 0, of integers", integer("0"), "%9 = mul(%3, %i) : i32[n,4] return %9");
        no("x * 0 -> 0, of integers", number("0.0"), "%9 = mul(%x, %1) : f32[n,4] return %9");
        yes("neg(x - y) -> y - x, of integers",
                "%8 = sub(%i, %j) : i32[n,4] %9 = neg(%8) : i32[n,4] return %9");
        no("neg(x - y) -> y - x, of integers",
                "%8 = sub(%x, %y) : f32[n,4] %9 = neg(%8) : f32[n,4] return %9");
        String negated =
                "%6 = neg(%i) : i32[n,4] %7 = neg(%j) : i32[n,4] %9 = div(%6, %7) : i32[n,4] return %9";
        no("neg(x) / neg(y) -> x / y, of floats", negated);
    }

    @Test
    void onlyCertainNumbers() {
        yes("x / 2^k -> x * 2^-k", number("-0.25"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / 2^k -> x * 2^-k", number("3.0"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / 2^k -> x * 2^-k", number("0.0"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / 2^k -> x * 2^-k", number("inf"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / 2^k -> x * 2^-k", number("1.4E-45"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / 2^k -> x * 2^-k", integer("2"), "%9 = div(%i, %3) : i32[n,4] return %9");
        no("x / c -> x * (1 / c)", number("0.0"), "%9 = div(%x, %1) : f32[n,4] return %9");
        no("x / c -> x * (1 / c)", number("3.0E38"), "%9 = div(%x, %1) : f32[n,4] return %9");
        yes("pow(x, 2) -> x * x", number("2.0"), "%9 = pow(%x, %1) : f32[n,4] return %9");
        no("pow(x, 2) -> x * x", number("2.0"), "%9 = pow(%1, %x) : f32[n,4] return %9");
        no("pow(x, 2) -> x * x", number("2.0000002"), "%9 = pow(%x, %1) : f32[n,4] return %9");
        no("x * 1 -> x", number("-1.0"), "%9 = mul(%x, %1) : f32[n,4] return %9");
    }

    @Test
    void nanIsNotEqualToItself() {
        yes("x == x -> true, but of floats", "%9 = eq(%i, %i) : bool[n,4] return %9");
        no("x == x -> true, but of floats", "%9 = eq(%x, %x) : bool[n,4] return %9");
        no("x >= x -> true, but of floats", "%9 = ge(%x, %x) : bool[n,4] return %9");
        yes("x < x -> false", "%9 = lt(%x, %x) : bool[n,4] return %9");
        no("x < x -> false", "%9 = lt(%x, %y) : bool[n,4] return %9");
    }

    @Test
    void trueIsNotAllOnesOfAnInteger() {
        no("x & true -> x", integer("1"), "%9 = and(%i, %3) : i32[n,4] return %9");
        no("x | true -> true", integer("1"), "%9 = or(%i, %3) : i32[n,4] return %9");
        yes("x & -1 -> x, of integers", integer("-1"), "%9 = and(%i, %3) : i32[n,4] return %9");
        no("select(c, true, false) -> c", integer("1"), "%4 = constant{0}() : i32[]"
                + " %5 = broadcast{axes=[]}(%4) : i32[n,4] %9 = select(%c, %3, %5) : i32[n,4] return %9");
        no("select(c, select(c, x, y), z) -> select(c, x, z)", "%7 = not(%c) : bool[n,4]"
                + " %8 = select(%7, %x, %y) : f32[n,4] %9 = select(%c, %8, %y) : f32[n,4] return %9");
    }

    @Test
    void conversionsThatLoseNothing() {
        yes("convert(convert(x)) -> convert(x)",
                "%8 = convert(%i) : f64[n,4] %9 = convert(%8) : i64[n,4] return %9");
        no("convert(convert(x)) -> convert(x)",
                "%8 = convert(%i) : f32[n,4] %9 = convert(%8) : i64[n,4] return %9");
        no("convert(convert(x)) -> convert(x)",
                "%8 = convert(%x) : i32[n,4] %9 = convert(%8) : f32[n,4] return %9");
    }

    @Test
    void unknownSizesAreNotEqual() {
        yes("slice(x) -> x, of everything",
                "%9 = slice{from=[0,0], to=[n,4], step=[1,1]}(%x) : f32[n,4] return %9");
        no("slice(x) -> x, of everything",
                "%9 = slice{from=[0,0], to=[m,4], step=[1,1]}(%x) : f32[m,4] return %9");
        yes("transpose(x) -> reshape(x), where only axes of size 1 move",
                "%9 = transpose{axes=[1,2,0]}(%u) : f32[n,1,1] return %9");
        no("transpose(x) -> reshape(x), where only axes of size 1 move",
                "%9 = transpose{axes=[1,0]}(%x) : f32[4,n] return %9");
        yes("reverse(x) -> x, along nothing or axes of size 1",
                "%9 = reverse{axes=[0]}(%u) : f32[1,n,1] return %9");
        no("reverse(x) -> x, along nothing or axes of size 1",
                "%9 = reverse{axes=[1]}(%u) : f32[1,n,1] return %9");
        no("reduce{max}(broadcast(x)) -> reduce{max}(x), the like for min, all, any",
                "%8 = broadcast{axes=[]}(%s) : f32[n] %9 = reduce{max, axes=[0]}(%8) : f32[] return %9");
        yes("reduce{max}(broadcast(x)) -> reduce{max}(x), the like for min, all, any",
                "%8 = broadcast{axes=[]}(%s) : f32[3] %9 = reduce{max, axes=[0]}(%8) : f32[] return %9");
    }

    @Test
    void anAxisThatMayStretchIsNeitherRepeatedNorWhole() {
        String stretched = "%8 = broadcast{axes=[0,1]}(%x) : f32[m,4]";
        no("broadcast(x) -> x, in the same shape", stretched + " return %8");
        no("slice(broadcast(x)) -> broadcast(slice(x))", stretched
                + " %9 = slice{from=[1,0], to=[m,4], step=[1,1]}(%8) : f32[m-1,4] return %9");
        yes("slice(broadcast(x)) -> broadcast(slice(x))", stretched
                + " %9 = slice{from=[0,1], to=[m,4], step=[1,1]}(%8) : f32[m,3] return %9");
        no("reduce(broadcast(x)) -> broadcast(reduce(x)), repeated elsewhere", stretched
                + " %9 = reduce{max, axes=[0]}(%8) : f32[4] return %9");
        yes("reduce(broadcast(x)) -> broadcast(reduce(x)), repeated elsewhere", stretched
                + " %9 = reduce{max, axes=[1]}(%8) : f32[m] return %9");
        yes("reshape(broadcast(x)) -> broadcast(x), as often as a size repeats",
                "%8 = broadcast{axes=[1,2]}(%x) : f32[repeats(n,m),n,4] %9 = reshape(%8) : f32[m,4] return %9");
        no("reshape(broadcast(x)) -> broadcast(x), as often as a size repeats",
                "%8 = broadcast{axes=[1,2]}(%x) : f32[repeats(n,k),n,4] %9 = reshape(%8) : f32[m,4] return %9");
    }

    @Test
    void sumsOfFloatsKeepTheirOrder() {
        no("reduce(reduce(x)) -> reduce(x), in any order", "%8 = reduce{sum, axes=[0]}(%x) : f32[4]"
                + " %9 = reduce{sum, axes=[0]}(%8) : f32[] return %9");
        yes("reduce(reduce(x)) -> reduce(x), in any order", "%8 = reduce{max, axes=[0]}(%x) : f32[4]"
                + " %9 = reduce{max, axes=[0]}(%8) : f32[] return %9");
        no("reduce(reduce(x)) -> reduce(x), in any order", "%8 = reduce{max, axes=[0]}(%x) : f32[4]"
                + " %9 = reduce{min, axes=[0]}(%8) : f32[] return %9");
        no("reduce(transpose(x)) -> transpose(reduce(x))", "%8 = transpose{axes=[1,0]}(%x) : f32[4,n]"
                + " %9 = reduce{sum, axes=[0,1]}(%8) : f32[] return %9");
        yes("reduce(transpose(x)) -> transpose(reduce(x))", "%8 = transpose{axes=[1,0]}(%x) : f32[4,n]"
                + " %9 = reduce{sum, axes=[1]}(%8) : f32[4] return %9");
        no("reduce(x) -> reshape(x), along nothing but axes of size 1, but float sums",
                "%9 = reduce{sum, axes=[0]}(%u) : f32[n,1] return %9");
        no("contract(transpose(x), y) -> contract(x, y)", "%8 = transpose{axes=[1,0]}(%x) : f32[4,n]"
                + " %7 = transpose{axes=[1,0]}(%y) : f32[4,n]"
                + " %9 = contract{ab,ab->}(%8, %7) : f32[] return %9");
        yes("contract(y, transpose(x)) -> contract(y, x)", "%8 = transpose{axes=[1,0]}(%x) : f32[4,n]"
                + " %9 = contract{ab,bc->ac}(%y, %8) : f32[n,n] return %9");
    }

    @Test
    void transposesSinkTogether() {
        String turned = "%7 = transpose{axes=[1,0]}(%x) : f32[4,n]";
        yes("f(transpose(x)) -> transpose(f(x))", turned + " %9 = neg(%7) : f32[4,n] return %9");
        yes("f(transpose(x), transpose(y)) -> transpose(f(x, y))", turned
                + " %8 = transpose{axes=[1,0]}(%y) : f32[4,n] %9 = add(%7, %8) : f32[4,n] return %9");
        no("f(transpose(x), transpose(y)) -> transpose(f(x, y))", "%6 = broadcast{axes=[]}(%s) : f32[3,3,3]"
                + " %7 = transpose{axes=[1,2,0]}(%6) : f32[3,3,3] %8 = transpose{axes=[2,0,1]}(%6) : f32[3,3,3]"
                + " %9 = add(%7, %8) : f32[3,3,3] return %9");
        yes("concat(transpose(x), transpose(y)) -> transpose(concat(x, y))", turned
                + " %8 = transpose{axes=[1,0]}(%y) : f32[4,n] %9 = concat{axis=0}(%7, %8) : f32[8,n] return %9");
        no("transpose(contract(x, y)) -> contract(x, y), not of windows", "%5 = windows{axes=[1], size=[2], stride=[1],"
                + " dilation=[1]}(%x) : f32[n,3,2] %6 = constant{1.0,2.0}() : f32[2] %7 = contract{k,abk->ab}(%6, %5)"
                + " : f32[n,3] %9 = transpose{axes=[1,0]}(%7) : f32[3,n] return %9");
    }

    @Test
    void axesOfSizeOneSinkInOneDirection() {
        String flat = "%6 = reshape(%u) : f32[n]";
        yes("f(reshape(x)) -> reshape(f(x)), added axes of size 1",
                flat + " %7 = reshape(%6) : f32[1,n] %9 = neg(%7) : f32[1,n] return %9");
        no("f(reshape(x)) -> reshape(f(x)), added axes of size 1", flat + " %9 = neg(%6) : f32[n] return %9");
        no("f(reshape(x)) -> reshape(f(x)), added axes of size 1",
                "%6 = reshape(%x) : f32[n,2,2] %9 = neg(%6) : f32[n,2,2] return %9");
        String turned =
                "transpose(reshape(contract(x, y))) -> reshape(transpose(contract(x, y))), added axes of size 1";
        yes(turned, "%6 = contract{ak,ak->ak}(%x, %y) : f32[n,4]",
                "%7 = reshape(%6) : f32[1,n,4] %9 = transpose{axes=[2,0,1]}(%7) : f32[4,1,n] return %9");
        no(turned, "%6 = contract{ak,bk->ab}(%x, %y) : f32[n,n]",
                "%7 = reshape(%6) : f32[1,n,n] %9 = transpose{axes=[2,0,1]}(%7) : f32[n,1,n] return %9");
        no("windows(reshape(x)) -> reshape(windows(x)), added axes of size 1", flat + " %7 = reshape(%6) : f32[1,n]"
                + " %9 = windows{axes=[0], size=[1], stride=[1], dilation=[1]}(%7) : f32[1,n,1] return %9");
        String cut = "slice(reshape(x)) -> reshape(slice(x)), added axes of size 1";
        yes(cut, "%6 = reshape(%x) : f32[n,1,4]",
                "%9 = slice{from=[0,0,1], to=[n,1,4], step=[1,1,1]}(%6) : f32[n,1,3] return %9");
        no(cut, "%6 = reshape(%x) : f32[n,1,4]",
                "%9 = slice{from=[0,1,1], to=[n,1,4], step=[1,1,1]}(%6) : f32[n,0,3] return %9");
        String two = "%6 = reshape(%x) : f32[1,n,4] %7 = reshape(%y) : f32[1,n,4]";
        String concat = "concat(reshape(x), reshape(y)) -> reshape(concat(x, y)), added axes of size 1";
        yes(concat, two, "%9 = concat{axis=2}(%6, %7) : f32[1,n,8] return %9");
        no(concat, two, "%9 = concat{axis=0}(%6, %7) : f32[2,n,4] return %9");
        no(concat, "%4 = constant{1.0}() : f32[1] %5 = constant{1.0,2.0}() : f32[2] %6 = reshape(%4) : f32[1,1]",
                "%7 = reshape(%5) : f32[1,2] %9 = concat{axis=1}(%6, %7) : f32[1,3] return %9");
    }

    @Test
    void slicesLeaveLessOfWindowsWhereSizesAreKnown() {
        String windows = "%5 = windows{axes=[1], size=[2], stride=[1], dilation=[1]}(%x) : f32[n,3,2]";
        String product = "%6 = constant{1.0,2.0}() : f32[2] %7 = contract{k,abk->ab}(%6, %5) : f32[n,3]";
        String name = "slice(contract(y, windows(x))) -> contract(y, windows(slice(x)))";
        yes(name, windows, product, "%9 = slice{from=[0,1], to=[n,3], step=[1,1]}(%7) : f32[n,2] return %9");
        no(name, windows, product, "%9 = slice{from=[0,0], to=[n,3], step=[1,2]}(%7) : f32[n,2] return %9");
        yes(name, windows, product, "%9 = slice{from=[0,0], to=[1,3], step=[1,1]}(%7) : f32[1,3] return %9");
        no(name, windows, "%6 = constant{1.0,2.0}() : f32[2] %7 = contract{c,abk->abkc}(%6, %5) : f32[n,3,2,2]",
                "%9 = slice{from=[0,0,1,0], to=[n,3,2,2], step=[1,1,1,1]}(%7) : f32[n,3,1,2] return %9");
        no("slice(pad(x)) -> pad(slice(x))", "%6 = pad{low=[0,2], high=[0,0], interior=[0,0]}(%x, %s) : f32[n,6]"
                + " %9 = slice{from=[0,1], to=[n,6], step=[1,1]}(%6) : f32[n,5] return %9");
    }

    @Test
    void slicesLeaveLessOfWhatIsMultiplied() {
        String kept = "%5 = slice{from=[0,1], to=[n,4], step=[1,1]}(%x) : f32[n,3]";
        String product = "%6 = constant{1.0,2.0}() : f32[2] %7 = contract{k,ab->abk}(%6, %5) : f32[n,3,2]";
        String name = "slice(contract(y, slice(x))) -> contract(y, slice(slice(x)))";
        yes(name, kept, product, "%9 = slice{from=[0,1,0], to=[n,3,2], step=[1,1,1]}(%7) : f32[n,2,2] return %9");
        no(name, kept, product, "%9 = slice{from=[0,1,1], to=[n,3,2], step=[1,1,1]}(%7) : f32[n,2,1] return %9");
        no(name, kept, product, "%9 = slice{from=[0,0,0], to=[n,3,2], step=[1,2,1]}(%7) : f32[n,2,2] return %9");
    }

    @Test
    void slicesOfPartsThatTakeTurnsAreMadeOfSlices() {
        String name = "slice(reshape(concat(x, y))) -> reshape(concat(slice(y), slice(x))), taking turns";
        String turns = "%4 = constant{1.0,2.0,3.0,4.0,5.0,6.0}() : f32[3,2]"
                + " %5 = constant{6.0,5.0,4.0,3.0,2.0,1.0}() : f32[3,2]"
                + " %6 = concat{axis=1}(%4, %5) : f32[3,4] %7 = reshape(%6) : f32[6,2]";
        yes(name, turns, "%9 = slice{from=[1,0], to=[5,2], step=[1,1]}(%7) : f32[4,2] return %9");
        no(name, turns, "%9 = slice{from=[1,0], to=[6,2], step=[1,1]}(%7) : f32[5,2] return %9");
        no(name, turns, "%9 = slice{from=[1,0], to=[5,2], step=[2,1]}(%7) : f32[2,2] return %9");
        no(name, "%6 = concat{axis=1}(%x, %y) : f32[n,8] %7 = reshape(%6) : f32[4,n,2]",
                "%9 = slice{from=[1,0,0], to=[3,n,2], step=[1,1,1]}(%7) : f32[2,n,2] return %9");
    }

    @Test
    void productsRepeatLaterWhereAllThatHaveAnAxisRepeat() {
        String left = "contract(broadcast(x), y) -> broadcast(contract(x, y)), repeated in the result";
        String right = "contract(y, broadcast(x)) -> broadcast(contract(y, x)), repeated in the result";
        String everywhere = "%8 = broadcast{axes=[]}(%s) : f32[5,4]";
        yes(left, everywhere, "%9 = contract{ob,ab->ao}(%8, %x) : f32[n,5] return %9");
        yes(right, everywhere, "%9 = contract{ab,ob->ao}(%x, %8) : f32[n,5] return %9");
        no(right, everywhere, "%9 = contract{ob,ab->ao}(%8, %x) : f32[n,5] return %9");
        no(left, "%7 = constant{1.0,2.0,3.0}() : f32[3] %8 = broadcast{axes=[0]}(%7) : f32[3,4]",
                "%9 = contract{ob,ab->ao}(%8, %x) : f32[n,3] return %9");
        no(left, "%8 = broadcast{axes=[0,1]}(%x) : f32[m,4] %9 = contract{ob,ab->ao}(%8, %y) : f32[n,m] return %9");
        String row = "%7 = constant{1.0,2.0,3.0,4.0}() : f32[4] %8 = broadcast{axes=[1]}(%7) : f32[n,4]";
        no(left, row, "%9 = contract{ab,ab->a}(%8, %x) : f32[n] return %9");
        yes(left, row, "%9 = contract{ab,ab->a}(%8, %8) : f32[n] return %9");
    }

    @Test
    void aDivisionThatFailsIsLeftToTheRun() {
        no("op(constants) -> constant",
                "%7 = constant{1}() : i32[] %8 = constant{0}() : i32[] %9 = div(%7, %8) : i32[] return %9");
        yes("op(constants) -> constant",
                "%7 = constant{1.0}() : f32[] %8 = constant{0.0}() : f32[]",
                "%9 = div(%7, %8) : f32[] return %9");
        no("op(constants) -> constant", "%7 = constant{1.0}() : f32[] %9 = add(%7, %s) : f32[] return %9");
        no("f(repeated x, repeated y) -> repeated f(x, y)", integer("7"), "%4 = constant{0}() : i32[]"
                + " %5 = broadcast{axes=[]}(%4) : i32[n,4] %9 = rem(%3, %5) : i32[n,4] return %9");
    }

    @Test
    void aLargeConstantIsReorderedAndNothingElse() {
        String zeros = "%7 = constant{" + "0.0,".repeat(1499) + "0.0}() : f32[2,750]";
        yes("op(constants) -> constant", zeros,
                "%9 = transpose{axes=[1,0]}(%7) : f32[750,2] return %9");
        no("op(constants) -> constant", zeros, "%9 = neg(%7) : f32[2,750] return %9");
    }

    @Test
    void aStateThatIsOrderedIsReadAfterItsWrite() {
        String order = "%7 = join(%x) : token %8 = after(%w, %7) : state<w: f32[n,4]>";
        Function function = Parser.parse(Printer.HEADER + " func @f(%x: f32[n,4], %w: state<w: f32[n,4]>) {"
                + order
                + " %9 = assign(%8, %x) : state<w: f32[n,4]> %10 = read(%9) : f32[n,4] return %10, %9 }");
        Value read = function.results().getFirst();
        Rule rule = Pipeline.rules().stream().filter(each -> each.name().startsWith("read(assign"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.apply(read, new Builder())).isEmpty();
    }

    @Test
    void namesAreUniqueAndSourcesKnown() {
        Set<String> names = new HashSet<>();
        List<Rule> rules = Pipeline.rules();
        assertThat(rules).allSatisfy(rule -> {
            assertThat(names.add(rule.name())).as(rule.name()).isTrue();
            assertThat(rule.source()).matches("[A-Za-z]+Rules\\.java:\\d+");
        });
    }
}
