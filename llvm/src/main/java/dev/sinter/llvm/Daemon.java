package dev.sinter.llvm;

/** Work beside the caller's that does not keep the process alive. */
final class Daemon {

    private Daemon() {
    }

    static void start(String name, Runnable body) {
        Thread.ofPlatform().daemon().name(name).start(body);
    }
}
