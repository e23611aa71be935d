# Why a parcel is a candidate (domain/parcel/rank.rs, succession.rs); beside those in land.ftl.
resolve-exact-alias = Xã, tờ và thửa trùng với tên cũ của thửa này.
resolve-number-only = Chỉ có số tờ và số thửa, không rõ xã.
resolve-commune-same = Mã xã này hiện vẫn dùng.
resolve-commune-divided-default = Xã cũ đã bị chia; phần lớn nay thuộc xã này.
resolve-commune-divided = Xã cũ đã bị chia; một phần nay thuộc xã này.
resolve-commune-by-name = Tìm theo tên xã.
resolve-sheet-of-old-commune = Tờ bản đồ đánh số theo xã cũ.
resolve-renumbered = Thửa đã được đánh số lại.
resolve-re-surveyed = Thửa đã được đo đạc lại.
resolve-split-since = Thửa đã được tách từ đó.
resolve-merged-since = Thửa đã được hợp từ đó.
resolve-declared = Số tờ, số thửa do người dùng khai.
resolve-not-current = Thửa này không còn tồn tại.
resolve-place-fits = Toạ độ phù hợp với giấy tờ.
resolve-place-differs = Toạ độ khác xa với giấy tờ.

# One step of the way from a name to a parcel (flow/parcel/trace.rs).
parcel-step = { $kind ->
    [commune_merged] sáp nhập xã
    [renumber] đổi số thửa, số tờ
    [split] tách thửa
    [merge] hợp thửa
    [re_survey] đo đạc lại
   *[other] khai báo
}
# What `diaba parcel` prints.
parcel-none = { $reference }: không có thửa nào
parcel-known-since = được biết từ ngày { $day }; trước đó, không bản đồ nào đã nạp cho biết
parcel-gone = (không còn trên bản đồ)
parcel-act = ghi nhận { $id }: { $kind } { $from }, từ { $day } [{ $decision }], { $by } ghi ngày { $recorded }
parcel-act-revoked = đã thu hồi ngày { $day } bởi { $by }: { $reason }
parcel-zone = vùng { $zone }
