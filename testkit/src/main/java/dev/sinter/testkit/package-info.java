/**
 * What the tests of several modules share: samples of every op ({@link dev.sinter.testkit.OpSamples}), on which
 * each back end is compared with the interpreter, the check of gradients against finite differences
 * ({@link dev.sinter.testkit.CheckGrad}), random functions over all ops with a shrinker
 * ({@link dev.sinter.testkit.GraphFuzzer}), random values in the shape of rules
 * ({@link dev.sinter.testkit.RuleFuzzer}), and the comparison of arrays in units of the last place
 * ({@link dev.sinter.testkit.Tolerance}).
 *
 * <p>The samples are the same in every run: random data comes from a seed that is the sample's name. Everything
 * else that is random follows from a seed that the failure's message names. The tests that span modules stand in
 * this module's test folder.
 */
package dev.sinter.testkit;
