package dev.sinter.bench;

/**
 * A number that a row says besides its times.
 *
 * @param key what it is, as a key of the JSON object
 * @param value the number
 */
public record Remark(String key, double value) { }
