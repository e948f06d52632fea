package dev.sinter.formats.safetensors;

import com.fasterxml.jackson.core.JsonToken;
import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.Quoted;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of several files as if they lay in one. An index says which file has which:
 * {@code {"weight_map": {"w1": "model-00001-of-00002.safetensors"}}}.
 */
final class Shards implements ArrayFile {
    private static final String MAP = "weight_map";

    private final String source;
    private final Map<String, SafeTensors> files;
    private final Map<String, SafeTensors> owners;

    private Shards(String source, Map<String, SafeTensors> files, Map<String, SafeTensors> owners) {
        this.source = source;
        this.files = files;
        this.owners = owners;
    }

    /** Opens all files that an index names; they lie beside it. */
    static Shards open(Path index) {
        String source = index.toString();
        Map<String, String> map = map(source, bytes(index));
        Map<String, SafeTensors> files = new LinkedHashMap<>();
        Shards shards = new Shards(source, files, new LinkedHashMap<>());
        boolean opened = false;
        try {
            map.forEach((name, file) -> {
                SafeTensors owner = files.computeIfAbsent(file, key -> SafeTensors.open(beside(index, key)));
                if (!owner.names().contains(name)) {
                    throw new FormatException(source + ": the tensor " + Quoted.word(name) + " is not in "
                            + owner.source());
                }
                shards.owners.put(name, owner);
            });
            opened = true;
            return shards;
        } finally {
            if (!opened) {
                shards.close();
            }
        }
    }

    private static byte[] bytes(Path index) {
        try {
            long size = Files.size(index);
            if (size > SafeTensors.LONGEST_HEADER) {
                throw new FormatException(index + ": is no index: it has " + size + " bytes, but at most "
                        + SafeTensors.LONGEST_HEADER + " may be");
            }
            return Files.readAllBytes(index);
        } catch (IOException problem) {
            throw new FormatException(index + ": cannot be read: " + problem, problem);
        }
    }

    private static Map<String, String> map(String source, byte[] bytes) {
        JsonTokens json = new JsonTokens(source, "the index", bytes);
        Map<String, String> map = new LinkedHashMap<>();
        boolean found = false;
        json.next(JsonToken.START_OBJECT, "an object should stand here");
        while (!json.nextIs(JsonToken.END_OBJECT)) {
            if (!json.text().equals(MAP)) {
                json.skipNext();
                continue;
            }
            if (found) {
                throw json.failure(MAP + " comes twice");
            }
            found = true;
            json.next(JsonToken.START_OBJECT, MAP + " should be an object of names and files");
            while (!json.nextIs(JsonToken.END_OBJECT)) {
                String name = json.text();
                String called = Quoted.word(name);
                if (map.put(name, json.string("the file of " + called)) != null) {
                    throw json.failure("the name " + called + " comes twice");
                }
            }
        }
        json.end();
        if (!found) {
            throw new FormatException(source + ": is no index: it lacks " + MAP);
        }
        return map;
    }

    private static Path beside(Path index, String file) {
        try {
            Path name = Path.of(file);
            if (!file.isEmpty() && !file.equals(".") && !file.equals("..") && name.equals(name.getFileName())) {
                return index.resolveSibling(name);
            }
        } catch (InvalidPathException none) {
            throw new FormatException(index + ": " + Quoted.word(file) + " is no name of a file", none);
        }
        throw new FormatException(index + ": the file " + Quoted.word(file) + " does not lie beside the index");
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(owners.keySet());
    }

    @Override
    public DType dtype(String name) {
        return owner(name).dtype(name);
    }

    @Override
    public Shape shape(String name) {
        return owner(name).shape(name);
    }

    @Override
    public NDArray read(String name) {
        return owner(name).read(name);
    }

    private SafeTensors owner(String name) {
        SafeTensors owner = owners.get(name);
        if (owner == null) {
            throw new FormatException(source + ": holds no tensor " + Quoted.word(name) + ", only "
                    + Quoted.words(owners.keySet()));
        }
        return owner;
    }

    @Override
    public void close() {
        files.values().forEach(SafeTensors::close);
    }
}
