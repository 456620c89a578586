/** Makes the shipped vectors anew, with throw-away keys: run {@code MakeVectors}. */
@NullMarked
package dev.trustme.vectors.make;

import org.jspecify.annotations.NullMarked;
