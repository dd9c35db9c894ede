#include "core/histogram.h"

#include <gtest/gtest.h>

namespace pawl {
namespace {

TEST(Histogram, PutsATimeIntoTheBucketWhoseBoundItIs) {
  for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
    Histogram histogram;
    histogram.add(Histogram::bound(i));
    EXPECT_EQ(histogram.counts[i], 1U) << i;
    histogram.add(Histogram::bound(i) + Duration(1));
    EXPECT_EQ(histogram.counts[i + 1], 1U) << i;
  }
}

TEST(Histogram, TakesTheShortestAndTheLongest) {
  Histogram histogram;
  histogram.add(Duration(-5));  // a clock that was read on another core
  histogram.add(Duration::zero());
  histogram.add(std::chrono::hours(1));
  EXPECT_EQ(histogram.counts.front(), 2U);
  EXPECT_EQ(histogram.counts.back(), 1U);
  EXPECT_EQ(histogram.count, 3U);
  EXPECT_EQ(histogram.sum, std::chrono::hours(1));
}

}  // namespace
}  // namespace pawl
