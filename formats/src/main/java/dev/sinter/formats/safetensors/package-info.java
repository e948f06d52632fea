/**
 * Safetensors files: {@link dev.sinter.formats.safetensors.SafeTensors} opens and writes them, alone or several by an
 * index. A file is the length of
 * a header, the header, which is JSON and says name, dtype, shape and place of each tensor, and the elements without a
 * gap. What the header says is checked wholly when a file is opened, and costs no more than a small multiple of the
 * header's own size; elements are looked at when they are asked for.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The description of the format</a>
 */
package dev.sinter.formats.safetensors;
