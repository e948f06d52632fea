/** The graph, the tensor IR, gradients, passes and the interpreter; needs nothing but {@code java.base}. */
module dev.sinter.core {
}
