/** Programs that show how Sinter is used. */
package dev.sinter.examples;
