/** From tensor IR to a plan: which ops share a kernel, where buffers lie, in which order steps run. */
package dev.sinter.plan;
