/**
 * What the tests of several modules share: samples of every op ({@link dev.sinter.testkit.OpSamples}), on which
 * each back end is compared with the interpreter, and the check of gradients against finite differences
 * ({@link dev.sinter.testkit.CheckGrad}). The samples are the same in every run: random data comes from a seed
 * that is the sample's name. The tests that span modules stand in this module's test folder.
 */
package dev.sinter.testkit;
