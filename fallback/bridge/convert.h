// Between what the rooms say and what programs are told.
#pragma once

#include <pawl/watcher.h>

#include <chrono>
#include <vector>

#include "core/change.h"
#include "core/histogram.h"
#include "core/notice.h"
#include "core/reconciler.h"
#include "core/status.h"

namespace pawl::watch {

// No duration that a program gives is longer, lest its sum with a moment overflow.
constexpr std::chrono::hours kDurationMax{24 * 366};

Error to_public(const Status& status);
Change to_public(pawl::Change&& change);
Coverage to_public(const pawl::Coverage& coverage);
Histogram to_public(const pawl::Histogram& histogram);
// Puts it where it belongs in `batch`; what programs are not told is left out.
void add_notice(Batch& batch, const Notice& notice);
// The counters and gauges of `reconciler`. Takes time for each directory.
Metrics metrics_of(const Reconciler& reconciler);

}  // namespace pawl::watch
