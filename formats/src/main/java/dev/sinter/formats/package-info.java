/** What all readers of files share. */
package dev.sinter.formats;
