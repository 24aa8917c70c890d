;; Adds the inner products of all pairs of rows to a matrix of sums: the one loop in which clustering spends its time.
;; Two doubles a step (SIMD), a tile of four rows by two kept in registers: 16 multiply-adds for 6 loads.
;;
;; $panel: the rows, in tiles of four; within a tile, for each pair of dimensions, that pair of row 0, of row 1, of row 2, of row 3.
;; $sums: [4 · tiles, 4 · tiles] doubles, row-major. Written are the rectangles on and above the diagonal.
;; $tileBytes: 4 rows · dimensions of the panel (even) · 8 bytes.
;; $left, $right: the columns of sums that are worked on, as tiles of four: few enough that their rows stay in the second cache while all others pass.
(module
  (memory (export "memory") 1)
  (func (export "accumulate") (param $panel i32) (param $sums i32) (param $tiles i32) (param $tileBytes i32)
    (param $left i32) (param $right i32)
    (local $i i32) (local $j i32) (local $a i32) (local $b i32) (local $end i32) (local $out i32) (local $pitch i32)
    (local $x0 v128) (local $x1 v128) (local $x2 v128) (local $x3 v128) (local $y0 v128) (local $y1 v128)
    (local $s00 v128) (local $s10 v128) (local $s20 v128) (local $s30 v128)
    (local $s01 v128) (local $s11 v128) (local $s21 v128) (local $s31 v128)
    ;; One row of sums is 4 · tiles · 8 bytes.
    (local.set $pitch (i32.shl (local.get $tiles) (i32.const 5)))
    ;; i counts tiles of four rows, j pairs of rows, from the diagonal on.
    (loop $rowTiles
      (local.set $j (i32.shl
        (select (local.get $i) (local.get $left) (i32.gt_u (local.get $i) (local.get $left)))
        (i32.const 1)))
      (loop $columnPairs
        (local.set $s00 (v128.const i64x2 0 0))
        (local.set $s10 (v128.const i64x2 0 0))
        (local.set $s20 (v128.const i64x2 0 0))
        (local.set $s30 (v128.const i64x2 0 0))
        (local.set $s01 (v128.const i64x2 0 0))
        (local.set $s11 (v128.const i64x2 0 0))
        (local.set $s21 (v128.const i64x2 0 0))
        (local.set $s31 (v128.const i64x2 0 0))
        (local.set $a (i32.add (local.get $panel) (i32.mul (local.get $i) (local.get $tileBytes))))
        ;; An odd pair is the second half of its tile, 32 bytes further on.
        (local.set $b (i32.add
          (i32.add (local.get $panel) (i32.mul (i32.shr_u (local.get $j) (i32.const 1)) (local.get $tileBytes)))
          (i32.shl (i32.and (local.get $j) (i32.const 1)) (i32.const 5))))
        (local.set $end (i32.add (local.get $a) (local.get $tileBytes)))
        (loop $dimensions
          (local.set $x0 (v128.load offset=0 (local.get $a)))
          (local.set $x1 (v128.load offset=16 (local.get $a)))
          (local.set $x2 (v128.load offset=32 (local.get $a)))
          (local.set $x3 (v128.load offset=48 (local.get $a)))
          (local.set $y0 (v128.load offset=0 (local.get $b)))
          (local.set $y1 (v128.load offset=16 (local.get $b)))
          (local.set $s00 (f64x2.add (local.get $s00) (f64x2.mul (local.get $x0) (local.get $y0))))
          (local.set $s10 (f64x2.add (local.get $s10) (f64x2.mul (local.get $x1) (local.get $y0))))
          (local.set $s20 (f64x2.add (local.get $s20) (f64x2.mul (local.get $x2) (local.get $y0))))
          (local.set $s30 (f64x2.add (local.get $s30) (f64x2.mul (local.get $x3) (local.get $y0))))
          (local.set $s01 (f64x2.add (local.get $s01) (f64x2.mul (local.get $x0) (local.get $y1))))
          (local.set $s11 (f64x2.add (local.get $s11) (f64x2.mul (local.get $x1) (local.get $y1))))
          (local.set $s21 (f64x2.add (local.get $s21) (f64x2.mul (local.get $x2) (local.get $y1))))
          (local.set $s31 (f64x2.add (local.get $s31) (f64x2.mul (local.get $x3) (local.get $y1))))
          (local.set $b (i32.add (local.get $b) (i32.const 64)))
          (br_if $dimensions (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 64))) (local.get $end))))
        ;; Row r of the tile: (Σ s[r][0], Σ s[r][1]), the even and the odd dimensions brought together.
        (local.set $out (i32.add (local.get $sums) (i32.add
          (i32.mul (i32.shl (local.get $i) (i32.const 2)) (local.get $pitch))
          (i32.shl (local.get $j) (i32.const 4)))))
        (v128.store (local.get $out) (f64x2.add (v128.load (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s00) (local.get $s01))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s00) (local.get $s01)))))
        (local.set $out (i32.add (local.get $out) (local.get $pitch)))
        (v128.store (local.get $out) (f64x2.add (v128.load (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s10) (local.get $s11))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s10) (local.get $s11)))))
        (local.set $out (i32.add (local.get $out) (local.get $pitch)))
        (v128.store (local.get $out) (f64x2.add (v128.load (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s20) (local.get $s21))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s20) (local.get $s21)))))
        (local.set $out (i32.add (local.get $out) (local.get $pitch)))
        (v128.store (local.get $out) (f64x2.add (v128.load (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s30) (local.get $s31))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s30) (local.get $s31)))))
        (br_if $columnPairs (i32.lt_u
          (local.tee $j (i32.add (local.get $j) (i32.const 1)))
          (i32.shl (local.get $right) (i32.const 1)))))
      (br_if $rowTiles (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $right))))))
