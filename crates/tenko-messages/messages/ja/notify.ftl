# 更新され続ける Issue の題名。
notify-title = tenko: 差異{ $drift }件、検出事項{ $findings }件
notify-title-clean = tenko: 問題なし
notify-title-incomplete = tenko: 確認できなかったものがあります
