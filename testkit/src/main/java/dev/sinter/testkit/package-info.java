/** What the tests of several modules share. */
package dev.sinter.testkit;
