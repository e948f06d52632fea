/** The graph, the tensor IR, gradients, passes and the interpreter; needs nothing but {@code java.base}. */
module dev.sinter.core {
    exports dev.sinter.tensor;
    exports dev.sinter.ir;
    exports dev.sinter.op;
    exports dev.sinter.pass;
    exports dev.sinter.eval;
    exports dev.sinter.diff;
    exports dev.sinter.graph;
}
