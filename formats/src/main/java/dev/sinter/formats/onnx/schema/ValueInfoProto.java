package dev.sinter.formats.onnx.schema;

/** What a graph says about one of its values. */
public record ValueInfoProto(String name, TypeProto type) {}
