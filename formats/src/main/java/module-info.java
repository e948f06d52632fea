/** Files of other programs: ONNX models, npy and npz arrays, safetensors. */
// The jar of protobuf declares the name of a module alone.
@SuppressWarnings("requires-automatic")
module dev.sinter.formats {
    requires transitive dev.sinter.core;
    requires dev.sinter.linalg;
    requires com.fasterxml.jackson.core;
    requires com.google.protobuf;

    exports dev.sinter.formats;
    exports dev.sinter.formats.onnx;
    exports dev.sinter.formats.npy;
    exports dev.sinter.formats.safetensors;
}
