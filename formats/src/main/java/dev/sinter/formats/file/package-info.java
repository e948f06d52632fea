/**
 * Bytes on their way between files and arrays: {@link dev.sinter.formats.file.ByteSource} fills memory and knows where
 * it is, {@link dev.sinter.formats.file.ByteTarget} writes memory out, {@link dev.sinter.formats.file.NewFile} makes a
 * file whole or not at all. What the bytes mean is left to the packages of the formats.
 */
package dev.sinter.formats.file;
